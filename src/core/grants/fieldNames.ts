import { editsBetween } from "../errors/nearest";

/** The fields of a grant. All others belong to the source, and are ignored. */
const FIELDS = ["id", "user", "ip", "startsAt", "expiresAt", "permanent", "reason", "labels"] as const;

type Field = (typeof FIELDS)[number];

/** How many letters may be wrong. In a shorter name, one wrong letter makes another word: `used` is not `user`. */
const TYPING_ERRORS: Partial<Record<Field, number>> = { startsAt: 2, expiresAt: 2, permanent: 2, reason: 1, labels: 1 };

/** Other words for a field, as `lettersOf` writes them. */
const SYNONYMS: Partial<Record<Field, readonly string[]>> = {
    user: ["username", "userid", "useremail", "userlogin", "oktauser", "oktalogin"],
    ip: ["address", "addresses", "ipaddress", "ipaddresses", "ipv4", "cidr", "range", "iprange"],
};

/**
 * Other words for a moment. They count only with a value that looks like one: `start: 2026-12-01`, not `start: manual`.
 */
const MOMENTS: Partial<Record<Field, readonly string[]>> = {
    startsAt: "start starttime startdate begin beginsat from activefrom validfrom notbefore nbf".split(" "),
    expiresAt:
        "expire expiry expiration expirydate expirationdate end endsat enddate until validuntil notafter exp".split(
            " ",
        ),
};

/** Parts of the names below: what begins or ends, and in which form the moment is. */
const ABOUT =
    "(valid|validity|active|activity|effective|available|availability|enabled|open|grant|granted|access|window|period|rule)?";
const HOW = "(s|at|on|by|for|from|time|date|datetime|timestamp|ts|utc|iso|epoch|unix|ms|millis|seconds)*";

/** More words for a moment, made of parts: `effectiveFrom`, `startingAt`, `validTo`, `terminatesAt`. */
const MOMENT_NAMES: Partial<Record<Field, RegExp>> = {
    startsAt: new RegExp(
        `^(is)?${ABOUT}(from|since|after|starts?|starting|begins?|beginning|commences?|opens?|effective|available|activates|activation|golive|(active|activate|enabled?|scheduled)(?=.))${HOW}$`,
    ),
    expiresAt: new RegExp(
        `^(is)?${ABOUT}(to|till?|until|thru|through|ends?|ending|expires?|expiry|expiration|terminates?|termination|stops?|closes?|deactivates?|deactivation)${HOW}$`,
    ),
};

/** A misspelled field of an entry, and the field that was meant. */
export interface Misspelling {
    readonly name: string;
    readonly meant: Field;
}

/**
 * Finds misspelled fields of a grant. Ignoring a misspelled `startsAt` would silently admit a user too early.
 *
 *   name                                              meant       because
 *   startsat, StartsAt, starts_at, starts-at          startsAt    the same letters
 *   ips, users, label                                 ip, user, … the same but for the plural
 *   startAt, stratsAt, expires, lables                startsAt, … one or two wrong letters, see TYPING_ERRORS
 *   start, validFrom, until, notAfter, with a moment  startsAt, … another word, where the entry lacks the field itself
 *   address, adress, cidr, userName                   ip, user    the same
 *   start: manual, exp: 3                             none        another word, but no moment
 *   userName, with user                             none        the field itself is there
 *   createdBy, createdAt, owner, ticket, used         none        no field is near
 *   _id, $schema, @type, x-starts-at                  none        marked as the source's own
 *   startAt: null                                     none        it has no value
 *
 * @returns a function that gives the first misspelling of an entry. It remembers names, so use one for many entries.
 */
export function misspellings(): (entry: object) => Misspelling | undefined {
    const known = new Map<string, Likeness>();
    const likenessOf = (name: string) => {
        const likeness = known.get(name) ?? likenessTo(name);
        if (known.size < MOST_KNOWN) known.set(name, likeness);
        return likeness;
    };
    return (entry) => {
        const fields = entry as Readonly<Record<string, unknown>>;
        for (const name of Object.keys(entry)) {
            const { near, synonyms, moments } = likenessOf(name);
            if (near === undefined && synonyms.length === 0 && moments.length === 0) continue;
            const value = fields[name];
            if (value == null) continue;
            const words = isMomentLike(value) ? [...synonyms, ...moments] : synonyms;
            const meant = near ?? words.find((field) => fields[field] == null);
            if (meant !== undefined) return { name, meant };
        }
        return undefined;
    };
}

/** How many names are remembered. Most documents use the same dozen in each entry. */
const MOST_KNOWN = 1000;

/** Longer names are no misspelling. */
const LONGEST = 40;

/** The field that a name resembles, independent of the rest of the entry. */
interface Likeness {
    readonly near: Field | undefined;
    readonly synonyms: readonly Field[];
    readonly moments: readonly Field[];
}

const NOTHING: Likeness = { near: undefined, synonyms: [], moments: [] };

/** A name or a word without capitals and separators. */
interface Letters {
    readonly text: string;
    /** A bit for each letter that is in it, and one for all other characters. */
    readonly bits: number;
}

function lettersOf(name: string): Letters {
    const text = name.toLowerCase().replace(/[\s_.-]/g, "");
    let bits = 0;
    for (let index = 0; index < text.length; index++) {
        const letter = text.charCodeAt(index) - 97;
        bits |= 1 << (letter >= 0 && letter < 26 ? letter : 26);
    }
    return { text, bits };
}

const WORDS = FIELDS.map((field) => ({
    field,
    letters: lettersOf(field),
    synonyms: (SYNONYMS[field] ?? []).map(lettersOf),
    moments: (MOMENTS[field] ?? []).map(lettersOf),
}));

function likenessTo(name: string): Likeness {
    if (name.length > LONGEST || /^([_$@]|x[-_])/i.test(name)) return NOTHING;
    if ((FIELDS as readonly string[]).includes(name)) return NOTHING;
    const letters = lettersOf(name);
    const plain = name.toLowerCase().replace(/[\s_.-]/g, "");
    const isOneOf = (words: readonly Letters[]) => words.some((word) => isClose(letters, word, 1));
    return {
        near: WORDS.find((word) => isClose(letters, word.letters, TYPING_ERRORS[word.field] ?? 0))?.field,
        synonyms: WORDS.filter(({ synonyms }) => isOneOf(synonyms)).map(({ field }) => field),
        moments: WORDS.filter(({ field, moments }) => isOneOf(moments) || MOMENT_NAMES[field]?.test(plain)).map(
            ({ field }) => field,
        ),
    };
}

/** Whether two words are equal except for a plural `s`, or, in words of six letters or more, for some letters. */
function isClose({ text, bits }: Letters, word: Letters, most: number): boolean {
    if (text === word.text || `${text}s` === word.text || text === `${word.text}s`) return true;
    if (most === 0 || word.text.length < 6 || Math.abs(text.length - word.text.length) > most) return false;
    // One wrong letter takes one out and puts one in at most. This is much faster than counting the edits.
    return countOnes(bits ^ word.bits) <= 2 * most && editsBetween(text, word.text) <= most;
}

function countOnes(bits: number): number {
    let count = 0;
    for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
    return count;
}

/** A date, with or without a time; or seconds or milliseconds since 1970. */
function isMomentLike(value: unknown): boolean {
    if (typeof value === "number") return value > 1e8;
    return typeof value === "string" && (/^\s*\d{4}-\d\d?-\d\d?/.test(value) || Number(value.slice(0, 40)) > 1e8);
}
