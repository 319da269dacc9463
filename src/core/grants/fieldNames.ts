import { editsBetween } from "../errors/nearest";

/** The fields of a grant. All others belong to the source, and are ignored. */
const FIELDS = ["id", "user", "ip", "startsAt", "expiresAt", "permanent", "reason", "labels"] as const;

type Field = (typeof FIELDS)[number];

/** How many letters may be wrong. In a shorter name, one wrong letter makes another word: `used` is not `user`. */
const TYPING_ERRORS: Partial<Record<Field, number>> = { startsAt: 2, expiresAt: 2, permanent: 2, reason: 1, labels: 1 };

/** Other words for a field, as `lettersOf` writes them. */
const SYNONYMS: Partial<Record<Field, readonly string[]>> = {
    user: ["username", "userid", "useremail"],
    ip: ["address", "addresses", "ipaddress", "ipaddresses", "ipv4", "cidr", "range", "iprange"],
};

/** Other words for a moment. They count only with a value that looks like one: `start: 2026-12-01`, not `start: manual`. */
const MOMENTS: Partial<Record<Field, readonly string[]>> = {
    startsAt: "start starttime startdate begin beginsat from activefrom validfrom notbefore nbf".split(" "),
    expiresAt:
        "expire expiry expiration expirydate expirationdate end endsat enddate until validuntil notafter exp".split(
            " ",
        ),
};

/** A misspelled field of an entry, and the field that was meant. */
export interface Misspelling {
    readonly name: string;
    readonly meant: Field;
}

/**
 * Finds fields of a grant that somebody misspelled. Ignoring a misspelled `startsAt` would let somebody in too early,
 * without a word.
 *
 *   name                                              meant       because
 *   startsat, StartsAt, starts_at, starts-at          startsAt    the same letters
 *   ips, users, label                                 ip, user, … the same but for the plural
 *   startAt, stratsAt, expires, lables                startsAt, … one or two wrong letters, see TYPING_ERRORS
 *   start, validFrom, until, notAfter, with a moment  startsAt, … another word, where the entry lacks the field itself
 *   address, adress, cidr, userName                   ip, user    the same
 *   start: manual, exp: 3                             none        another word, but no moment
 *   userName, beside user                             none        the field itself is there
 *   createdBy, createdAt, owner, ticket, used         none        no field is near
 *   _id, $schema, @type, x-starts-at                  none        marked as the source's own
 *   startAt: null                                     none        it says nothing
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

/** As many names are remembered. Most documents use the same dozen in each entry. */
const MOST_KNOWN = 1000;

/** Longer names are no misspelling. */
const LONGEST = 40;

/** What a name resembles, whatever else is in the entry. */
interface Likeness {
    readonly near: Field | undefined;
    readonly synonyms: readonly Field[];
    readonly moments: readonly Field[];
}

const NOTHING: Likeness = { near: undefined, synonyms: [], moments: [] };

function likenessTo(name: string): Likeness {
    if (name.length > LONGEST || /^([_$@]|x[-_])/i.test(name)) return NOTHING;
    if ((FIELDS as readonly string[]).includes(name)) return NOTHING;
    const letters = lettersOf(name);
    const isOneOf = (words: readonly string[] = []) => words.some((word) => isClose(letters, word, 1));
    return {
        near: FIELDS.find((field) => isClose(letters, lettersOf(field), TYPING_ERRORS[field] ?? 0)),
        synonyms: FIELDS.filter((field) => isOneOf(SYNONYMS[field])),
        moments: FIELDS.filter((field) => isOneOf(MOMENTS[field])),
    };
}

/** Whether two words are the same but for a plural `s`; or but for some letters, in words of six or more. */
function isClose(letters: string, word: string, most: number): boolean {
    if (letters === word || `${letters}s` === word || letters === `${word}s`) return true;
    if (most === 0 || word.length < 6 || Math.abs(letters.length - word.length) > most) return false;
    return editsBetween(letters, word) <= most;
}

function lettersOf(name: string): string {
    return name.toLowerCase().replace(/[\s_.-]/g, "");
}

/** A date, with or without a time; or seconds or milliseconds since 1970. */
function isMomentLike(value: unknown): boolean {
    if (typeof value === "number") return value > 1e8;
    return typeof value === "string" && (/^\s*\d{4}-\d\d?-\d\d?/.test(value) || Number(value.slice(0, 40)) > 1e8);
}
