import { fail } from "../errors/errors";
import { quote } from "../errors/quote";
import { type Grant, isActive } from "../grants/grants";
import { formatMoment } from "../grants/moment";
import type { Finding } from "./judge";

/** The grants that end last, as text: enough to check the lifetime of all grants. */
export interface Lasting {
    /** RFC 3339 in UTC. Of the active grants that end, the one that ends last; the first by id, of several. */
    readonly latest?: { readonly id: string; readonly expiresAt: string };
    /** Ids of the active grants that never end, sorted. */
    readonly permanent: readonly string[];
}

export interface TimeToLive {
    /** How long a grant may last from now; undefined for no limit. */
    readonly maxMs: number | undefined;
    /** Whether grants may be permanent. */
    readonly permanent: "allowed" | "refused";
}

/** The result changes only when grants change, start or end. */
export function lastingOf(grants: readonly Grant[], nowMs: number): Lasting {
    const active = grants.filter((grant) => isActive(grant, nowMs)).sort((a, b) => (a.id < b.id ? -1 : 1));
    const permanent = active.filter(({ expiresAtMs }) => expiresAtMs === undefined).map(({ id }) => id);
    let latest: { id: string; endMs: number } | undefined;
    for (const { id, expiresAtMs } of active) {
        if (expiresAtMs !== undefined && expiresAtMs > (latest?.endMs ?? -Infinity))
            latest = { id, endMs: expiresAtMs };
    }
    const end = latest && { id: latest.id, expiresAt: formatMoment(latest.endMs) };
    return { ...(end && { latest: end }), permanent };
}

/** No limit on the lifetime of grants. */
export const ANY_TIME: TimeToLive = { maxMs: undefined, permanent: "allowed" };

/** Checks every active grant. */
export function judgeGrants(grants: readonly Grant[], nowMs: number, limit: TimeToLive): Finding[] {
    if (limit.maxMs === undefined && limit.permanent === "allowed") return [];
    return grants.flatMap((grant) => judgeLasting(lastingOf([grant], nowMs), nowMs, limit));
}

/** Checks the grant that ends last, and those that never end. */
export function judgeLasting({ latest, permanent }: Lasting, nowMs: number, limit: TimeToLive): Finding[] {
    const finding = (id: string, problem: string): Finding => ({ rule: "grant-lasts-too-long", subject: id, problem });
    const endless = limit.permanent === "refused" ? permanent : [];
    const findings = endless.map((id) => finding(id, `the grant ${quote(id)} never ends: give it expiresAt`));
    if (latest === undefined || limit.maxMs === undefined) return findings;
    if (Date.parse(latest.expiresAt) - nowMs <= limit.maxMs) return findings;
    const problem = `the grant ${quote(latest.id)} lasts until ${latest.expiresAt}; grants may last ${timeText(limit.maxMs)}`;
    return [...findings, finding(latest.id, problem)];
}

const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Reads `90m`, `12h` or `7d` as milliseconds.
 *
 * @throws `bad-input`
 */
export function parseTimeToLive(text: string): number {
    const [, digits, unit = ""] = /^([1-9]\d{0,4})([mhd])$/.exec(text) ?? [];
    const factor = UNIT_MS[unit];
    return digits === undefined || factor === undefined
        ? fail("bad-input", `maxTimeToLive ${quote(text)} is not a time such as 90m, 12h or 7d`)
        : Number(digits) * factor;
}

function timeText(ms: number): string {
    const [unit = "m", size = 60_000] = Object.entries(UNIT_MS).findLast(([, each]) => ms % each === 0) ?? [];
    return `${ms / size}${unit}`;
}
