import { addressesIn, addressesOf, gatewaysIn, tellAddress } from "../addresses";
import type { Bounds } from "../bounds";
import type { Facts } from "../facts";
import { type TakenOut, writesIn } from "../inForce";
import { isSurelyActive, type Knowledge, type Run } from "../knowledge";
import { isAdmitted } from "./admittedForms";
import { isDeniedTo } from "./denials";
import { mayMistakeTime } from "./mistakenTime";
import { allAtOnce, beyondLimit, type Loss } from "./removalLimits";

/**
 * An address that an agent has let in by a grant goes only
 *
 *   because                                           as the trace shows
 *   its end has come, and was known                   no form of the grant that a reading ever had would be active
 *   somebody removed the grant by name                a reading of this agent says so
 *   somebody confirmed it                             removals.confirmed names the address
 *   it is denied                                      a denial of the address, the user or the grant
 *   the reading is too old                            maxStale has passed
 *   maxRemovals allows it                             see below
 *
 * Those that `maxRemovals` allows count when a reading first lacked the grant, or had it in a form that ends earlier: within
 * the window no more than the limit, and never all that were known active, where these are two or more.
 */
export function losesNobodyByAccident(facts: Facts, bounds: Bounds): string[] {
    const inForce = facts.inForce();
    const allowed: Loss[] = [];
    const problems: string[] = [];
    for (const out of inForce.takenOut) {
        const { maxRemovals } = facts.lifeOf(out.put.process).settings;
        if (maxRemovals === "off" || isTooOld(facts, bounds, out) || mayMistakeTime(facts, out.put.process)) continue;
        const known = facts.knowledge(out.put.process);
        for (const run of lastHolders(facts, bounds, known, out)) {
            if (!isAdmitted(facts, out, run)) continue;
            if (isMeant(facts, known, out, run) || isForgotten(facts, out, run) || isMisled(facts, out)) continue;
            if (isFromBeforeRestart(facts, out, run) || wasOver(facts, out, run)) continue;
            if (run.toMs <= out.put.sentAtMs) allowed.push({ run, out, known });
            else problems.push(`${tellAddress(out.address)} goes at ${out.atMs} ms, and ${run.id} still grants it`);
        }
    }
    return [...problems, ...beyondLimit(facts, allowed), ...allAtOnce(facts, allowed)];
}

/**
 * The forms that held an address last and would still be active: earlier ones were made up for by these. A form that has
 * ended counts where it came instead of one that would be active. One that no reading had any more when the address was let
 * in for the last time did not let it in.
 */
function lastHolders(
    facts: Facts,
    { decisionMs }: Bounds,
    { runs }: Knowledge,
    { put, address, undecidedMs }: TakenOut,
): readonly Run[] {
    const times = facts.timesOf(put.process, put.sentAtMs);
    const letInMs = letInBefore(facts, put, address)?.sentAtMs ?? -Infinity;
    const own = runs.filter(
        (run) => run.fromMs <= undecidedMs && run.toMs > letInMs - decisionMs && run.addresses.has(address),
    );
    const latestMs = Math.max(...own.map(({ toMs }) => toMs));
    const unlessOver = (run: Run): readonly Run[] => {
        if (isSurelyActive(run, times)) return [run];
        return own.filter(({ id, toMs }) => id === run.id && toMs === run.fromMs).flatMap(unlessOver);
    };
    return own.filter(({ toMs }) => toMs === latestMs).flatMap(unlessOver);
}

/** The last write before this one that put the address into its zone. */
function letInBefore(facts: Facts, { executedAtMs = 0 }: TakenOut["put"], address: number) {
    return writesIn(facts).findLast(
        (write) =>
            (write.executedAtMs ?? 0) < executedAtMs &&
            addressesOf(gatewaysIn(write.body)).has(address) &&
            !addressesOf(gatewaysIn(write.before)).has(address),
    );
}

function isMeant(facts: Facts, known: Knowledge, { put, address }: TakenOut, run: Run): boolean {
    const isNamed = known.removed.some(({ id, fromMs }) => id === run.id && fromMs <= put.sentAtMs);
    const isDenied = facts.trace.denials.some(
        (given) => given.fromMs <= put.sentAtMs && isDeniedTo(given, run, address),
    );
    return isNamed || isDenied || isConfirmedAnywhere(facts, address, put.sentAtMs);
}

/** Whether it was confirmed to any agent: one that leads later finds in the zones what came of it, and goes by that. */
function isConfirmedAnywhere(facts: Facts, address: number, ms: number): boolean {
    return facts.trace.processes.some(({ id }) => isConfirmed(facts, id, address, ms));
}

/**
 * Whether an agent that began to lead with a folder of its own found nobody at this address any more, whose grant it had read
 * no longer: then another agent may have let it go, and it is not let back in. A folder that all agents share says what they did.
 */
function isForgotten(facts: Facts, { put, address }: TakenOut, run: Run): boolean {
    const { trace, lifeOf, insideAt } = facts;
    const { agent } = lifeOf(put.process);
    if (trace.history.sharedState === true) return false;
    return trace.terms.some(({ process, fromMs }) => {
        const firstMs =
            trace.lessons.find((each) => each.process === process && each.kind === "read" && each.atMs > fromMs)
                ?.atMs ?? fromMs;
        return (
            lifeOf(process).agent === agent &&
            run.toMs <= firstMs &&
            fromMs <= put.sentAtMs &&
            [fromMs, firstMs].some((ms) => !insideAt(ms).has(address))
        );
    });
}

/**
 * Whether a form had ended by a clock that was set back since, by less than is noticed: it is active again, and no longer
 * known.
 */
function wasOver({ trace, lifeOf, timesOf }: Facts, { put }: TakenOut, run: Run): boolean {
    const { agent } = lifeOf(put.process);
    return trace.jumps.some(
        (jump) =>
            jump.agent === agent &&
            jump.byMs < 0 &&
            jump.atMs <= put.sentAtMs &&
            Math.max(...timesOf(put.process, jump.atMs - 1)) >= run.endsAtMs,
    );
}

/**
 * Whether an agent with a folder of its own has started again since it read this form, while it held a reading: what is held
 * is not accepted, and no file has it.
 */
function isFromBeforeRestart({ trace }: Facts, { put, address }: TakenOut, run: Run): boolean {
    if (trace.history.sharedState === true) return false;
    const own = trace.lessons.filter(({ process, atMs }) => process === put.process && atMs <= put.sentAtMs);
    if (!own.some(({ kind, isHeld }) => kind === "restored" && isHeld === true)) return false;
    return !own.some(({ grants }) =>
        grants.some(({ id, spans }) => id === run.id && spans.flatMap(addressesIn).includes(address)),
    );
}

/**
 * Whether an agent with a folder of its own was shown a zone as it was before the address was let in, by another agent or
 * before it began to lead: another agent may have led in between, and the zone is all that tells what that one was told.
 */
function isMisled(facts: Facts, { put, address }: TakenOut): boolean {
    const { trace, lifeOf } = facts;
    if (trace.history.sharedState === true) return false;
    const letIn = writesIn(facts).findLast(
        (write) =>
            (write.executedAtMs ?? 0) < (put.executedAtMs ?? 0) && addressesOf(gatewaysIn(write.body)).has(address),
    );
    const term = trace.terms.findLast(({ process, fromMs }) => process === put.process && fromMs <= put.sentAtMs);
    if (letIn === undefined || term === undefined) return false;
    const isOther = (process: number) => lifeOf(process).agent !== lifeOf(put.process).agent;
    const wasLed = trace.terms.some(
        ({ process, fromMs }) => isOther(process) && letIn.sentAtMs <= fromMs && fromMs <= put.sentAtMs,
    );
    if (!isOther(letIn.process) && !wasLed && term.fromMs < letIn.sentAtMs) return false;
    const fromMs = Math.min(term.fromMs, letIn.executedAtMs ?? term.fromMs);
    return shownSince(facts, put, fromMs).some((shown) => !addressesOf(gatewaysIn(shown)).has(address));
}

/** How the processes of an agent were shown the zone of a write, from a moment until that write. */
function shownSince({ trace, lifeOf }: Facts, { process, zone, sentAtMs }: TakenOut["put"], fromMs: number) {
    const { agent } = lifeOf(process);
    const reads = trace.requests.filter(
        (asked) =>
            lifeOf(asked.process).agent === agent &&
            asked.zone === zone &&
            asked.method === "GET" &&
            asked.fault !== "html",
    );
    return reads.flatMap(({ status, answeredAtMs = Infinity, shown }) =>
        status === 200 && fromMs <= answeredAtMs && answeredAtMs <= sentAtMs ? [shown] : [],
    );
}

/** Whether somebody confirmed before this moment that an address goes. */
export function isConfirmed({ trace, lifeOf }: Facts, process: number, address: number, ms: number): boolean {
    const lines = trace.ledgers[lifeOf(process).agent]?.lines ?? [];
    return lines.some(
        ({ atMs, event }) => event.type === "removals.confirmed" && atMs <= ms && addressesOf(event.held).has(address),
    );
}

/** Whether the last reading is older than `maxStale`, or one was since the address was let in: then Okta refused the write. */
function isTooOld(facts: Facts, { decisionMs }: Bounds, { put, address }: TakenOut): boolean {
    const { trace, timesOf, lifeOf } = facts;
    const { maxStaleMs } = trace.history;
    if (maxStaleMs === undefined) return false;
    const letInMs = letInBefore(facts, put, address)?.sentAtMs ?? -Infinity;
    const { agent } = lifeOf(put.process);
    const read = trace.lessons.filter(
        ({ process, kind, atMs }) => kind === "read" && lifeOf(process).agent === agent && atMs <= put.sentAtMs,
    );
    const wasTooOld = read.some(({ atMs, clockMs }, index) => {
        const before = read[index - 1];
        return atMs > letInMs && before !== undefined && clockMs - before.clockMs >= maxStaleMs - decisionMs;
    });
    if (wasTooOld) return true;
    const own = trace.lessons.filter(({ process, atMs }) => process === put.process && atMs <= put.sentAtMs);
    const last = own.findLast(({ kind, atMs }) => kind !== "failed" && atMs <= put.sentAtMs - decisionMs);
    // One that has read nothing since it began goes by a memory of an age that the trace does not show.
    return last === undefined || Math.max(...timesOf(put.process, put.sentAtMs)) >= last.clockMs + maxStaleMs;
}
