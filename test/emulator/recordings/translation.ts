import { RECORDED_URL } from "./recording";

/** Ids of Okta's, wherever they stand in a text. */
const ID = /\b(?:nzo|rst|rul|00p|0pr|0oa|00u|00g|00o|exk|aln)[0-9A-Za-z]{17}\b/g;
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** How far a moment may lie from the recorded one: Okta's `Date` is that of the answer, a stamp that of the write. */
const LATENESS_MS = 1000;

/** Reads what the emulator says as if the recorded organisation had said it, and the other way round. */
export interface Translation {
    /** The recorded text in the emulator's ids and under its address. */
    toEmulator(text: string): string;
    /**
     * The emulator's text in recorded ids and under the recorded address. Ids
     * that were not met before are paired by where they stand, and so are the
     * name and the key that Okta gives an app; what has a partner keeps it.
     */
    toRecorded(text: string, recorded: string): string;
}

export function createTranslation(url: string): Translation {
    const pairs: { readonly ours: string; readonly theirs: string }[] = [];
    const learn = (ours: string | undefined, theirs: string | undefined) => {
        if (ours === undefined || theirs === undefined || ours === theirs) return;
        if (!pairs.some((pair) => pair.ours === ours || pair.theirs === theirs)) pairs.push({ ours, theirs });
    };
    const toRecorded = (text: string) => {
        const named = pairs.reduce((all, { ours, theirs }) => all.replaceAll(ours, theirs), text);
        return named.replaceAll(url, RECORDED_URL);
    };
    return {
        toEmulator: (text) => pairs.reduce((all, { ours, theirs }) => all.replaceAll(theirs, ours), text),
        toRecorded(text, recorded) {
            const [ourBody, theirBody] = [parsed(text), parsed(recorded)];
            for (const [ours, theirs] of leafPairs(ourBody, theirBody)) {
                const [found, wanted] = [ours.match(ID) ?? [], theirs.match(ID) ?? []];
                for (const [index, id] of found.entries()) {
                    if (wanted[index]?.slice(0, 3) === id.slice(0, 3)) learn(id, wanted[index]);
                }
            }
            if (isApp(ourBody) && isApp(theirBody)) {
                learn(ourBody.name, theirBody.name);
                learn(ourBody.credentials.signing.kid, theirBody.credentials.signing.kid);
            }
            return toRecorded(text);
        },
    };
}

/** Both texts with moments that are as good as equal made equal. */
export function sameMoments(ours: unknown, theirs: unknown): unknown {
    if (typeof ours === "string" && typeof theirs === "string") {
        const isClose =
            MOMENT.test(ours) && MOMENT.test(theirs) && Math.abs(Date.parse(ours) - Date.parse(theirs)) <= LATENESS_MS;
        return isClose ? theirs : ours;
    }
    if (Array.isArray(ours) && Array.isArray(theirs)) {
        return ours.map((item, index) => sameMoments(item, theirs[index]));
    }
    if (!isObject(ours) || !isObject(theirs)) return ours;
    return Object.fromEntries(Object.entries(ours).map(([field, value]) => [field, sameMoments(value, theirs[field])]));
}

/** The strings that stand in the same places of two values. */
function leafPairs(ours: unknown, theirs: unknown): (readonly [string, string])[] {
    if (typeof ours === "string" && typeof theirs === "string") return [[ours, theirs]];
    if (!isObject(ours) || !isObject(theirs)) return [];
    return Object.entries(ours).flatMap(([field, value]) => leafPairs(value, theirs[field]));
}

interface App {
    readonly name: string;
    readonly credentials: { readonly signing: { readonly kid: string } };
}

function isApp(value: unknown): value is App {
    return isObject(value) && "signOnMode" in value;
}

function isObject(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null;
}

/** The text as JSON, or as it is where it is none. */
export function parsed(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return text;
    }
}
