import { addressesOf, gatewaysIn, isSame, tellAddress } from "../addresses";
import { type Bounds, UNHEARD_MS } from "../bounds";
import { DOUBTED, type Facts } from "../facts";
import { mayBeActive } from "../knowledge";
import type { Asked, ZoneDocument } from "../trace";

/** An agent never writes a list of nothing, and no write of its leaves a zone without gateways. */
export function leavesNoZoneEmpty({ trace }: Facts): string[] {
    const bodies = putsIn(trace).filter(({ body }) => gatewaysIn(body).length === 0);
    const states = trace.states.filter(({ by, gateways }) => by === "agent" && gateways.length === 0);
    return [
        ...bodies.map(({ zone, sentAtMs }) => `${zone} is written without gateways at ${sentAtMs} ms`),
        ...states.map(({ zone, atMs }) => `${zone} is empty at ${atMs} ms`),
    ];
}

/** Whatever is wrong: a write lets in only what its process knew to be granted when it decided. What is held stays, and goes back in. */
export function writesForGrantsOnly(facts: Facts, { decisionMs }: Bounds): string[] {
    return putsIn(facts.trace).flatMap((put) => {
        const { process, sentAtMs, body } = put;
        const { may } = facts.granted(process, sentAtMs - decisionMs, sentAtMs);
        const kept = new Set([...keptBy(facts, put, decisionMs), ...goingBackIn(facts, put, decisionMs)]);
        const strangers = [...addressesOf(gatewaysIn(body))].filter(
            (address) => !may.has(address) && !facts.fixed.has(address) && !kept.has(address),
        );
        return strangers.map((address) => `${tellAddress(address)} is written at ${sentAtMs} ms without a grant`);
    });
}

/**
 * Nobody who was outside is let in by what the source no longer says, unless
 * the source could not be read: a process that has just started, or has just
 * begun to lead, reads it before it goes by what it knew once.
 */
export function letsNobodyBackIn(facts: Facts, bounds: Bounds): string[] {
    return putsIn(facts.trace).flatMap((put) => {
        const { process, sentAtMs, executedAtMs = sentAtMs, body } = put;
        const fromMs = sentAtMs - UNHEARD_MS - bounds.hearMs - bounds.decisionMs;
        if (!facts.isSourceCalm(fromMs - bounds.sourceRecoverMs, sentAtMs) || isAroundJump(facts, fromMs, sentAtMs))
            return [];
        const granted = facts.trulyGranted(process, fromMs, sentAtMs);
        const kept = [...keptBy(facts, put, bounds.decisionMs), ...goingBackIn(facts, put, bounds.decisionMs)];
        const before = new Set([...facts.insideAt(executedAtMs - 1), ...kept]);
        const back = [...addressesOf(gatewaysIn(body))].filter(
            (address) => !before.has(address) && !granted.has(address) && !facts.fixed.has(address),
        );
        return back.map((address) => `${tellAddress(address)} is let back in at ${sentAtMs} ms, long after its grant`);
    });
}

/**
 * A write changes something, unless the process believed in something else than
 * what was there: it was last shown something else, or what was there was shown
 * too few times to be believed against what it knew (see src/agent/zones/zoneState.ts).
 */
export function writesNothingInVain(facts: Facts): string[] {
    return putsIn(facts.trace).flatMap((put) => {
        const { zone, sentAtMs, before, body, fault } = put;
        if (before === undefined || fault === "late") return [];
        const was = addressesOf(gatewaysIn(before));
        const isInVain = isSame(was, addressesOf(gatewaysIn(body))) && believes(facts, put, was);
        return isInVain ? [`${zone} is written at ${sentAtMs} ms, and holds that already`] : [];
    });
}

/** Whether a process has to take a zone for this when it writes. */
function believes(facts: Facts, put: Asked, addresses: ReadonlySet<number>): boolean {
    const shown = facts.shownBefore(put).map(({ method, shown }) => ({
        method,
        isThis: isSame(addressesOf(gatewaysIn(shown)), addresses),
    }));
    const lastWrite = shown.findLastIndex(({ method }) => method === "PUT");
    const reads = shown.slice(lastWrite + 1);
    if (reads.length === 0) return shown[lastWrite]?.isThis ?? false;
    const isVerified = lastWrite < 0 || reads.some(({ isThis }) => isThis === shown[lastWrite]?.isThis);
    const inARow = reads.length - 1 - reads.findLastIndex(({ isThis }) => !isThis);
    const hasAlways = inARow === reads.length && (shown[lastWrite]?.isThis ?? true);
    return hasAlways || inARow >= (isVerified ? 2 : DOUBTED);
}

/** After a write whose fate is open, the process reads the zone before it writes it again. */
export function settlesByReading({ trace }: Facts): string[] {
    const puts = putsIn(trace);
    return puts.flatMap((put, index) => {
        if (!isOpen(put)) return [];
        const next = puts.slice(index + 1).find(({ process, zone }) => process === put.process && zone === put.zone);
        if (next === undefined) return [];
        const isRead = trace.requests.some(
            ({ method, process, zone, status, sentAtMs }) =>
                method === "GET" &&
                process === put.process &&
                zone === put.zone &&
                status === 200 &&
                put.sentAtMs <= sentAtMs &&
                sentAtMs <= next.sentAtMs,
        );
        return isRead ? [] : [`${put.zone} is written again at ${next.sentAtMs} ms before anybody looks`];
    });
}

/** A write goes on from a read that is not older than the agent trusts one. */
export function goesOnFromWhatItSaw(facts: Facts, { trustMs, decisionMs }: Bounds): string[] {
    return putsIn(facts.trace).flatMap(({ process, zone, sentAtMs }) => {
        const mostMs = trustMs + decisionMs;
        if (isAroundJump(facts, sentAtMs - mostMs, sentAtMs)) return [];
        const seenAtMs = facts.lastShown(process, zone, sentAtMs, "read")?.answeredAtMs ?? -Infinity;
        return sentAtMs - seenAtMs > mostMs
            ? [`${zone} is written at ${sentAtMs} ms, seen last at ${seenAtMs} ms`]
            : [];
    });
}

/** What else the zone has goes back as it was read: its name, and whatever we do not know. A look that is in doubt is not believed yet. */
export function keepsTheRest(facts: Facts): string[] {
    return putsIn(facts.trace)
        .filter((put) => !facts.shownBefore(put).some(({ shown }) => restOf(shown ?? {}) === restOf(put.body ?? {})))
        .map(
            ({ zone, sentAtMs, body }) =>
                `${zone} is written at ${sentAtMs} ms as nobody saw it: ${restOf(body ?? {})}`,
        );
}

/** All but the gateways and what Okta alone sets, as text. */
function restOf({ _links, id, created, lastUpdated, gateways, proxies, system, ...rest }: ZoneDocument): string {
    const list = Array.isArray(proxies) && proxies.length > 0 ? proxies : [];
    return JSON.stringify(Object.entries({ ...rest, proxies: list }).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What may have been kept although nothing grants it: what is held, as far as the process could believe that it is inside. */
function keptBy(facts: Facts, put: Asked, decisionMs: number): ReadonlySet<number> {
    const isHeld = facts.holdsIn(put.process, put.sentAtMs - decisionMs, put.sentAtMs).length > 0;
    return addressesOf(isHeld ? facts.shownBefore(put).flatMap(({ shown }) => gatewaysIn(shown)) : []);
}

/** What may go back in although the last reading does not grant it: what is held, and what it has in an unusable form. */
function goingBackIn(facts: Facts, { process, sentAtMs }: Asked, decisionMs: number): ReadonlySet<number> {
    const known = facts.knowledge(process);
    const times = facts.timesOf(process, sentAtMs);
    // One that stands by with the same folder may have read something newer.
    const own = known.lessons.findLast((each) => each.process === process && each.atMs <= sentAtMs);
    const unusable = (own ?? known.lessons.findLast(({ atMs }) => atMs <= sentAtMs))?.unusable ?? [];
    const held = new Set(
        facts.holdsIn(process, sentAtMs - decisionMs, sentAtMs).flatMap(({ addresses }) => [...addresses]),
    );
    const runs = known.runs.filter((run) => run.fromMs <= sentAtMs && mayBeActive(run, times));
    return new Set(
        runs.flatMap(({ id, addresses }) =>
            [...addresses].filter((address) => held.has(address) || unusable.includes(id)),
        ),
    );
}

function putsIn({ requests }: Facts["trace"]): readonly Asked[] {
    return requests.filter(({ method }) => method === "PUT");
}

/** Whether Okta may have carried it out, for all that its sender knows. */
function isOpen({ fault, status, answeredAtMs }: Asked): boolean {
    if (fault === "refused" || status === 429) return false;
    return answeredAtMs === undefined || (status ?? 0) >= 500 || fault === "html";
}

function isAroundJump({ trace }: Facts, fromMs: number, toMs: number): boolean {
    return trace.jumps.some(({ atMs }) => fromMs <= atMs && atMs <= toMs);
}
