import { addressesOf, gatewaysIn, tellAddress } from "../addresses";
import type { Bounds } from "../bounds";
import type { Facts } from "../facts";
import type { Hold } from "../holds";
import { writesIn } from "../inForce";
import type { Knowledge, Run } from "../knowledge";
import { isDeniedTo } from "./denials";
import { checkpoints, isShort } from "./membership";
import { mayMistakeTime } from "./mistakenTime";

/**
 * Where nothing was wrong for long enough, an address that an agent let in by a grant, and has not taken out, is inside:
 *
 *   its grant                                  however
 *   has been in each reading since             the rest of the readings is, and who else wrote the zone; not where an agent
 *                                              with a folder of its own had accepted another form, and holds this one
 *   is held                                    who else wrote the zone
 *   was in an unusable form since              who else wrote the zone
 */
export function keepsTheKnown(facts: Facts, bounds: Bounds): string[] {
    const inForce = facts.inForce();
    return calmMoments(facts, bounds).flatMap(({ process, ms, fromMs }) => {
        if (mayMistakeTime(facts, process)) return [];
        const inside = facts.insideAt(ms);
        const long = [...inForce.at(fromMs)].filter((each) => inForce.at(ms).has(each) && !inside.has(each));
        if (long.length === 0) return [];
        const { must } = facts.granted(process, fromMs, ms);
        const held = facts.holdsIn(process, fromMs, ms);
        const lasting = lastingIn(facts, facts.knowledge(process), process, fromMs, ms);
        const isKnown = (address: number) =>
            (must.has(address) && !isNewsOfHeld(facts, process, held, address)) ||
            isHeldAll(held, address, fromMs, ms) ||
            lasting.has(address);
        return long
            .filter((address) => isKnown(address) && !isDenied(facts, facts.knowledge(process), address, fromMs, ms))
            .filter((address) => !wasLetGo(facts, process, address, ms))
            .map((address) => `${tellAddress(address)} is known and outside at ${ms} ms`);
    });
}

/**
 * Where nothing was wrong for long enough, an address is inside only by a form of a grant that the agent has read, that is
 * active, and that is
 *
 *   in one of the readings of this time
 *   in an unusable form in them
 *   held
 *
 * or because it is a static gateway, or was found in the zone, or left the settings, and is held. So a known end and a removal by
 * name are on time, whatever is held.
 */
export function putsOutOnTime(facts: Facts, bounds: Bounds): string[] {
    return calmMoments(facts, bounds).flatMap(({ process, ms, fromMs }) => {
        const [known, found] = [facts.knowledge(process), foundBy(facts, process)];
        const { may } = facts.granted(process, fromMs, ms);
        const held = facts.holdsIn(process, fromMs, ms);
        const isHeld = (address: number) => held.some(({ addresses }) => addresses.has(address));
        const [firstMs, lastMs] = [
            Math.min(...facts.timesOf(process, fromMs)),
            Math.max(...facts.timesOf(process, ms)),
        ];
        const unusable = unusableIn(known, process, fromMs, ms);
        const own = known.runs.filter(
            (run) =>
                run.fromMs <= ms &&
                run.startsAtMs <= lastMs &&
                run.endsAtMs > firstMs &&
                !isRemoved(facts, process, run, fromMs),
        );
        const counts = (run: Run, address: number) =>
            run.addresses.has(address) && (run.toMs > fromMs || unusable.has(run.id) || isHeld(address));
        return [...facts.insideAt(ms)]
            .filter(
                (address) =>
                    !isFixed(facts, process, address) && !(isHeld(address) && isUnowned(facts, found, address)),
            )
            .filter((address) => !may.has(address) && !own.some((run) => counts(run, address)))
            .map((address) => `${tellAddress(address)} is inside at ${ms} ms although its time is over`);
    });
}

/**
 * While the removal brake holds a reading, a write lets in only what was known before, or was set by name. What was in force
 * once may be known still: the agent may have held it all the time that it stood by.
 */
export function admitsNobodyOfAHeldReading(facts: Facts): string[] {
    const inForce = facts.inForce();
    return writesIn(facts).flatMap((put) => {
        const { process, sentAtMs } = put;
        const hold = facts.holdsIn(process, sentAtMs, sentAtMs).find(({ why }) => why !== undefined);
        if (hold === undefined) return [];
        const known = facts.knowledge(process);
        const heardMs = heardWhenFree(facts, hold);
        const named = new Set(
            known.set.filter(({ fromMs, toMs }) => fromMs <= sentAtMs && sentAtMs < toMs).map(({ id }) => id),
        );
        const before = known.runs.filter(
            (run) => run.fromMs < heardMs || (named.has(run.id) && run.fromMs <= sentAtMs),
        );
        const old = new Set([
            ...addressesOf(gatewaysIn(put.before)),
            ...addressesOf(facts.shownBefore(put).flatMap(({ shown }) => gatewaysIn(shown))),
            ...inForce.everBefore((put.executedAtMs ?? 0) - 1),
        ]);
        return [...addressesOf(gatewaysIn(put.body))]
            .filter((each) => !old.has(each) && !facts.fixed.has(each))
            .filter((each) => !before.some(({ addresses }) => addresses.has(each)))
            .map((each) => `${tellAddress(each)} is let in at ${sentAtMs} ms by a reading that is held`);
    });
}

/**
 * When the first reading was read that is held now. A hold is over without a line of the ledger when all that it held has
 * reached its known end: then the reading counts that was there, and the next one is the first that is held.
 */
function heardWhenFree(facts: Facts, hold: Hold): number {
    const reads = facts.knowledge(hold.process).lessons.filter(({ kind }) => kind === "read");
    for (let each = hold; each.before !== undefined; each = each.before) {
        const { before, fromMs } = each;
        const next = reads.find(({ atMs }) => atMs <= fromMs && isOver(facts, before, atMs));
        if (next !== undefined) return next.atMs;
    }
    return reads.findLast(({ atMs }) => atMs <= hold.sinceMs)?.atMs ?? -Infinity;
}

/** Whether the known ends of all that was held lie before a later moment, whatever the agent takes for the time. */
function isOver(facts: Facts, hold: Hold, ms: number): boolean {
    if (ms <= hold.fromMs) return false;
    const earliestMs = Math.min(...facts.timesOf(hold.process, ms));
    const runs = facts
        .knowledge(hold.process)
        .runs.filter((run) => hold.grants.includes(run.id) && run.fromMs < hold.sinceMs);
    const known = runs.filter(({ addresses }) => [...addresses].some((each) => hold.addresses.has(each)));
    const covered = new Set(known.flatMap(({ addresses }) => [...addresses]));
    const isAllKnown = [...hold.addresses].every((each) => covered.has(each));
    return isAllKnown && known.every(({ endsAtMs }) => endsAtMs <= earliestMs);
}

/**
 * Whether an agent with a folder of its own holds a reading in which it saw a grant come to this address: what another agent had let
 * in there it had known no longer.
 */
function isNewsOfHeld(facts: Facts, process: number, held: readonly Hold[], address: number): boolean {
    if (facts.trace.history.sharedState === true) return false;
    const runs = facts.knowledge(process).runs.filter(({ addresses }) => addresses.has(address));
    return held.some(
        ({ why, sinceMs }) => why !== undefined && !runs.some((run) => run.fromMs < sinceMs && run.toMs > sinceMs),
    );
}

/**
 * Whether an agent with a folder of its own may think that another one let an address go: it was in no zone when this time
 * of leading began. See "What is not guaranteed".
 */
function wasLetGo(facts: Facts, process: number, address: number, ms: number): boolean {
    const { trace, insideAt } = facts;
    const term = trace.terms.findLast((each) => each.process === process && each.fromMs <= ms);
    if (trace.history.sharedState === true || term === undefined) return false;
    if (!facts.inForce().at(term.fromMs).has(address)) return false;
    const read = trace.lessons.find(
        (each) => each.process === process && each.kind === "read" && each.atMs > term.fromMs,
    );
    return [term.fromMs, read?.atMs ?? term.fromMs].some((at) => !insideAt(at).has(address));
}

/** What zones held before the agent of a process first saw them. */
function foundBy({ trace, lifeOf }: Facts, process: number): ReadonlySet<number> {
    const isOwn = (other: number) =>
        trace.history.sharedState === true || lifeOf(other).agent === lifeOf(process).agent;
    const firstMs = (zone: string) =>
        trace.requests.find((asked) => asked.zone === zone && isOwn(asked.process))?.sentAtMs ?? Infinity;
    const before = trace.states.filter(({ atMs, zone }) => zone !== undefined && atMs <= firstMs(zone));
    return addressesOf(before.flatMap(({ gateways }) => gateways ?? []));
}

/** Moments of a time of leading at which everything should be as it should be, and since when. */
function calmMoments(facts: Facts, bounds: Bounds) {
    const { trace } = facts;
    return trace.terms.flatMap(({ process, fromMs, toMs }) => {
        const lastMs = Math.min(toMs, trace.history.endsAtMs) - 1;
        return checkpoints(facts, bounds, process).flatMap((ms) => {
            if (ms < fromMs + bounds.recoverMs || ms > lastMs) return [];
            if (!facts.isCalm(ms - bounds.recoverMs, ms) || !facts.knows(process, ms - bounds.starvedMs)) return [];
            const waitMs = isShort(facts, bounds, process, ms) ? bounds.starvedMs : bounds.applyMs;
            return [{ process, ms, fromMs: ms - waitMs }];
        });
    });
}

/** Addresses of forms that are unusable in each reading of this time since they were usable last. */
function lastingIn(facts: Facts, known: Knowledge, process: number, fromMs: number, ms: number): ReadonlySet<number> {
    const [firstMs, lastMs] = [Math.min(...facts.timesOf(process, fromMs)), Math.max(...facts.timesOf(process, ms))];
    const since = (run: Run) =>
        known.lessons.filter(({ atMs, kind }) => kind === "read" && run.toMs <= atMs && atMs <= ms);
    const lasting = known.runs.filter(
        (run) =>
            run.toMs <= fromMs &&
            run.startsAtMs <= firstMs &&
            run.endsAtMs > lastMs &&
            since(run).every(({ unusable }) => unusable.includes(run.id)),
    );
    return new Set(lasting.flatMap(({ addresses }) => [...addresses]));
}

function unusableIn({ lessons }: Knowledge, process: number, fromMs: number, toMs: number): ReadonlySet<string> {
    // One that stands by with the same folder may have read something newer.
    const own = lessons.filter((each) => each.process === process);
    const during = own.filter(({ atMs }, index) => atMs <= toMs && (own[index + 1]?.atMs ?? Infinity) >= fromMs);
    return new Set(during.flatMap(({ unusable }) => unusable));
}

/** Whether a grant was removed by name before this time, and no reading has had it since. */
function isRemoved({ trace, knowledge }: Facts, process: number, { id, toMs }: Run, ms: number): boolean {
    // One that stands by with the same folder may have read it before the one that leads.
    const hasRead = trace.lessons.some(
        (each) => each.process === process && each.atMs <= ms && each.named?.removed.has(id) === true,
    );
    const { removed } = knowledge(process);
    return hasRead && removed.some((each) => each.id === id && each.fromMs <= ms && toMs <= each.fromMs);
}

function isDenied(facts: Facts, { runs }: Knowledge, address: number, fromMs: number, toMs: number): boolean {
    const own = runs.filter(({ addresses }) => addresses.has(address));
    return facts.trace.denials.some(
        (given) => given.fromMs <= toMs && fromMs <= given.toMs && own.some((run) => isDeniedTo(given, run, address)),
    );
}

function isHeldAll(holds: readonly Hold[], address: number, fromMs: number, toMs: number): boolean {
    return holds.some((hold) => hold.addresses.has(address) && hold.fromMs <= fromMs && toMs < hold.toMs);
}

function isFixed(facts: Facts, process: number, address: number): boolean {
    return facts.fixed.has(address) &&
        !addressesOf(facts.trace.processes.flatMap(({ settings }) => settings.staticGateways)).has(address)
        ? true
        : addressesOf(facts.lifeOf(process).settings.staticGateways).has(address);
}

/** Whether an address needs no grant to be held: it was found in a zone, or was a static gateway. */
function isUnowned(facts: Facts, found: ReadonlySet<number>, address: number): boolean {
    return found.has(address) || facts.fixed.has(address);
}
