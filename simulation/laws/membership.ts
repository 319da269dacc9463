import { tellAddress } from "../addresses";
import type { Bounds } from "../bounds";
import { EPOCH_MS } from "../epoch";
import type { Facts } from "../facts";
import { isDeniedTo } from "./denials";

/**
 * Where nothing was wrong with Okta, the agent's host and its lead for long
 * enough, the zones hold just what the agent knows to be granted:
 *
 *   granted all the while in the last `applyMs`    inside
 *   granted at no moment in the last `applyMs`     outside
 *   granted for a part of that time                either
 *
 * Not while something is held. With a removal brake, what is outside at no moment of that time may be outside later: see
 * `putsOutOnTime`. An outage of the source is no excuse: what was read last stays in force, and
 * ends on time, unless the process has never read anything. Where the token bucket may be empty, the time is `starvedMs`.
 */
export function appliesInTime(facts: Facts, bounds: Bounds): string[] {
    const { trace, fixed } = facts;
    return trace.terms.flatMap(({ process, fromMs, toMs }) => {
        const lastMs = Math.min(toMs, trace.history.endsAtMs) - 1;
        return checkpoints(facts, bounds, process).flatMap((ms) => {
            if (ms < fromMs + bounds.recoverMs || ms > lastMs) return [];
            if (!facts.isCalm(ms - bounds.recoverMs, ms)) return [];
            if (facts.holdsIn(process, ms - bounds.recoverMs, ms).length > 0) return [];
            if (!facts.knows(process, ms - bounds.starvedMs)) return [];
            const waitMs = isShort(facts, bounds, process, ms) ? bounds.starvedMs : bounds.applyMs;
            const { may, must } = facts.granted(process, ms - waitMs, ms);
            const inside = facts.insideAt(ms);
            const missing = [...must].filter((address) => !inside.has(address) && !isDenied(facts, address, ms));
            const isExact = trace.history.maxRemovals === undefined;
            const over = [...inside].filter((address) => isExact && !may.has(address) && !fixed.has(address));
            return [
                ...missing.map((address) => `${tellAddress(address)} is granted and outside at ${ms} ms`),
                ...over.map((address) => `${tellAddress(address)} is inside without a grant at ${ms} ms`),
            ];
        });
    });
}

/** The moments at which something may have gone on for too long. */
export function checkpoints(facts: Facts, bounds: Bounds, process: number): number[] {
    const { trace } = facts;
    const own = trace.lessons.filter((lesson) => lesson.process === process);
    const ends = own.flatMap(({ grants }) =>
        grants.flatMap(({ startsAtMs, expiresAtMs }) => [startsAtMs ?? 0, expiresAtMs ?? 0]),
    );
    const shift = facts.clockOf(process, trace.history.endsAtMs) - trace.history.endsAtMs - EPOCH_MS;
    const moments = [...own.map(({ atMs }) => atMs), ...ends.map((ms) => ms - EPOCH_MS - shift)];
    const all = [
        ...moments.flatMap((ms) => [ms + bounds.applyMs, ms + bounds.starvedMs]),
        ...trace.states.flatMap(({ atMs }) => [atMs - 1, atMs]),
        ...trace.troubles.map(({ toMs }) => toMs + bounds.recoverMs + 1),
        trace.history.endsAtMs - 1,
    ];
    return [...new Set(all)];
}

/** Whether so many requests were made in the last minute that there may be too few tokens left. */
export function isShort(
    { trace }: Facts,
    { perMinute, needed, starvedMs }: Bounds,
    process: number,
    ms: number,
): boolean {
    const fromMs = ms - 60_000 - starvedMs;
    const made = trace.requests.filter(
        (asked) =>
            asked.process === process && asked.user === undefined && fromMs < asked.sentAtMs && asked.sentAtMs <= ms,
    );
    return made.length + needed > perMinute / 2;
}

/** Whether a denial may keep an address out. */
function isDenied({ trace }: Facts, address: number, ms: number): boolean {
    const grants = trace.documents.flatMap(({ grants }) => grants);
    return trace.denials.some(
        (given) =>
            given.fromMs <= ms &&
            (isDeniedTo(given, { id: "", user: undefined }, address) ||
                grants.some(
                    ({ id, user, spans }) =>
                        spans.some(({ low, high }) => low <= address && address <= high) &&
                        isDeniedTo(given, { id, user }, address),
                )),
    );
}
