import { nearest } from "../errors/nearest";
import { quote } from "../errors/quote";
import type { Work } from "../work";
import { listIn } from "./documentShape";
import type { DocumentLimits } from "./grantAddresses";
import { entryReader, READING_COST, type Unusable, unusableProblem } from "./grantsDocument";
import { parseMoment } from "./moment";
import { idOf, type Push } from "./pushes";

const TYPES = ["grants.replaced", "grant.set", "grant.removed"];

/** How far a sender's clock may be ahead. A push with a later time would override everything that follows it. */
export const MOST_AHEAD_MS = 5 * 60_000;

export interface ReadPushOptions {
    /** When the delivery was sent, by its sender. */
    readonly sentMs: number;
    readonly nowMs: number;
    readonly limits: DocumentLimits;
}

/**
 * Reads the payload of a delivery.
 *
 *   { "type": "grants.replaced", "timestamp": "2026-12-01T09:00:00Z", "data": { "grants": […] } }
 *   { "type": "grant.set", "timestamp": …, "data": { "grant": { "id": "g1", … } } }
 *   { "type": "grant.removed", "timestamp": …, "data": { "id": "g1" } }
 *   { "grants": […] }   a grants document: all grants at the time of sending
 *
 * The list of all grants has to be a grants document as readGrantsDocument takes it.
 *
 * @returns the push, or a sentence on what is wrong with it
 */
export function* readingPush(
    document: unknown,
    { sentMs, nowMs, limits }: ReadPushOptions,
): Work<Push | { readonly problem: string }> {
    const { type, timestamp, data, grants } = (document ?? {}) as Readonly<Record<string, unknown>>;
    if (type === undefined && Array.isArray(grants)) return yield* replaced("the payload", document, sentMs, limits);
    if (typeof type !== "string" || !TYPES.includes(type)) {
        const meant = typeof type === "string" ? nearest(type, TYPES) : undefined;
        const hint = meant === undefined ? `there are ${TYPES.join(", ")}` : `did you mean ${meant}?`;
        return {
            problem: type === undefined ? "the payload has no type and no list grants" : `type ${quote(type)}; ${hint}`,
        };
    }
    const atMs = typeof timestamp === "string" ? parseMoment(timestamp) : undefined;
    if (atMs === undefined) {
        return { problem: "the payload's timestamp is not a moment with a time zone, such as 2026-12-01T18:00:00Z" };
    }
    if (atMs > nowMs + MOST_AHEAD_MS) {
        return {
            problem: `the payload's timestamp ${quote(timestamp)} is more than 5 minutes ahead of this agent's clock`,
        };
    }
    if (type === "grants.replaced") {
        const part = markBeside(document as object, data);
        return part === undefined ? yield* replaced("data", data, atMs, limits) : { problem: part };
    }
    const { grant, id } = (data ?? {}) as Readonly<Record<string, unknown>>;
    const named = idOf(type === "grant.set" ? grant : { id });
    if (named === undefined) {
        const field = type === "grant.set" ? "data.grant.id" : "data.id";
        return { problem: `${field} is missing: it is a text of 1 to 200 characters` };
    }
    if (type === "grant.removed") return { type: "removed", atMs, id: named };
    return { type: "set", atMs, id: named, grant: grant as object };
}

/** The field next to `data` that shows that the delivery is only a page of all grants. */
function markBeside(document: object, data: unknown): string | undefined {
    const { grants } = (data ?? {}) as { readonly grants?: unknown };
    if (!Array.isArray(grants)) return undefined;
    const { problem } = listIn({ ...document, type: undefined, timestamp: undefined, data: undefined, grants });
    return problem === undefined ? undefined : `the payload ${problem}`;
}

/** A full snapshot, unless it is no whole document, or all of its entries are unusable. */
function* replaced(
    what: string,
    document: unknown,
    atMs: number,
    limits: DocumentLimits,
): Work<Push | { readonly problem: string }> {
    const { list, problem } = listIn(document);
    if (problem !== undefined) return { problem: `${what} ${problem}` };
    const readEntry = entryReader(limits);
    const unusable: Unusable[] = [];
    for (const [index, item] of list.entries()) {
        const read = readEntry(item, index + 1);
        if (!("field" in read)) return { type: "replaced", atMs, grants: list };
        unusable.push(read);
        yield READING_COST;
    }
    const useless = unusableProblem(unusable);
    return useless === undefined
        ? { type: "replaced", atMs, grants: list }
        : { problem: `nothing is changed: ${useless}` };
}
