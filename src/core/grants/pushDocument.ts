import { nearest } from "../errors/nearest";
import { quote } from "../errors/quote";
import { MOST_GRANTS } from "./grantsDocument";
import { idOf, type Push } from "./pushes";

const TYPES = ["grants.replaced", "grant.set", "grant.removed"];

/** A sender's clock may be ahead by as much; what is further ahead would silence everything that comes after it. */
export const MOST_AHEAD_MS = 5 * 60_000;

/** When a delivery was sent, by its sender, and when it is now. */
export interface PushTimes {
    readonly sentMs: number;
    readonly nowMs: number;
}

/**
 * Reads the payload of a delivery.
 *
 *   { "type": "grants.replaced", "timestamp": "2026-12-01T09:00:00Z", "data": { "grants": […] } }
 *   { "type": "grant.set", "timestamp": …, "data": { "grant": { "id": "g1", … } } }
 *   { "type": "grant.removed", "timestamp": …, "data": { "id": "g1" } }
 *   { "grants": […] }   a grants document: everything, as of when it was sent
 *
 * @returns the push, or a sentence on what is wrong with it
 */
export function readPush(document: unknown, { sentMs, nowMs }: PushTimes): Push | { readonly problem: string } {
    const { type, timestamp, data, grants } = (document ?? {}) as Readonly<Record<string, unknown>>;
    if (type === undefined && Array.isArray(grants)) return replaced(grants, sentMs);
    if (typeof type !== "string" || !TYPES.includes(type)) {
        const meant = typeof type === "string" ? nearest(type, TYPES) : undefined;
        const hint = meant === undefined ? `there are ${TYPES.join(", ")}` : `did you mean ${meant}?`;
        return {
            problem: type === undefined ? "the payload has no type and no list grants" : `type ${quote(type)}; ${hint}`,
        };
    }
    const atMs = momentOf(timestamp);
    if (atMs === undefined) {
        return { problem: "the payload's timestamp is not a moment with a time zone, such as 2026-12-01T18:00:00Z" };
    }
    if (atMs > nowMs + MOST_AHEAD_MS) {
        return {
            problem: `the payload's timestamp ${quote(timestamp)} is more than 5 minutes ahead of this agent's clock`,
        };
    }
    const { grants: list, grant, id } = (data ?? {}) as Readonly<Record<string, unknown>>;
    if (type === "grants.replaced") {
        return Array.isArray(list) ? replaced(list, atMs) : { problem: "data.grants is not a list; nobody is []" };
    }
    const named = idOf(type === "grant.set" ? grant : { id });
    if (named === undefined) {
        const field = type === "grant.set" ? "data.grant.id" : "data.id";
        return { problem: `${field} is missing: it is a text of 1 to 200 characters` };
    }
    if (type === "grant.removed") return { type: "removed", atMs, id: named };
    return { type: "set", atMs, id: named, grant: grant as object };
}

function replaced(grants: readonly unknown[], atMs: number): Push | { readonly problem: string } {
    if (grants.length <= MOST_GRANTS) return { type: "replaced", atMs, grants };
    return { problem: `there are ${grants.length} grants, more than the ${MOST_GRANTS} that are read` };
}

function momentOf(text: unknown): number | undefined {
    const isMoment =
        typeof text === "string" &&
        /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/.test(text);
    const ms = isMoment ? Date.parse(text.replace(" ", "T")) : Number.NaN;
    return Number.isNaN(ms) ? undefined : ms;
}
