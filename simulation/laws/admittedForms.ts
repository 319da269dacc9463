import { addressesOf, gatewaysIn } from "../addresses";
import type { Facts } from "../facts";
import { type TakenOut, writesIn } from "../inForce";
import { mayBeActive, type Run } from "../knowledge";

/**
 * Whether some write let in this form of a grant, while no reading was held: a new form of a held one waits. Of two agents
 * that lead at the same time each goes by its own memory, and does not know what the other one's let in. Nor does one with a
 * folder of its own that has held a reading since it began to lead, where an older grant had the address as well, or that held
 * the form itself while another agent let it in, to whom it was confirmed.
 */
export function isAdmitted(facts: Facts, { put, address }: TakenOut, run: Run): boolean {
    const { lifeOf, trace } = facts;
    const isDouble = trace.terms.some(
        ({ process, fromMs, toMs }) => process !== put.process && fromMs <= put.sentAtMs && put.sentAtMs < toMs,
    );
    const mustBeOwn = isDouble || holdsSinceTakeOver(facts, put) || heldWhileAnotherLed(facts, put, run);
    return writesIn(facts).some(
        ({ process, sentAtMs, body }) =>
            (!mustBeOwn || lifeOf(process).agent === lifeOf(put.process).agent) &&
            run.fromMs <= sentAtMs &&
            sentAtMs < Math.min(run.toMs, put.sentAtMs) &&
            addressesOf(gatewaysIn(body)).has(address) &&
            mayBeActive(run, facts.timesOf(process, sentAtMs)) &&
            facts.holdsIn(process, sentAtMs, sentAtMs).every(({ why }) => why === undefined),
    );
}

/** Whether an agent with a folder of its own has held a reading since before its first write in this time of leading. */
function holdsSinceTakeOver(facts: Facts, { process, sentAtMs }: TakenOut["put"]): boolean {
    const { trace, holdsIn } = facts;
    const term = trace.terms.findLast((each) => each.process === process && each.fromMs <= sentAtMs);
    const hold = holdsIn(process, sentAtMs, sentAtMs).find(({ why }) => why !== undefined);
    if (trace.history.sharedState === true || term === undefined || hold === undefined) return false;
    return !writesIn(facts).some(
        (write) => write.process === process && term.fromMs <= write.sentAtMs && write.sentAtMs < hold.sinceMs,
    );
}

/** Whether an agent with a folder of its own held a reading when another one let this form in, and was told of no confirmation. */
function heldWhileAnotherLed(
    { trace, holds, lifeOf }: Facts,
    { process, sentAtMs }: TakenOut["put"],
    run: Run,
): boolean {
    if (trace.history.sharedState === true) return false;
    const { agent } = lifeOf(process);
    const own = holds.filter((hold) => hold.why !== undefined && lifeOf(hold.process).agent === agent);
    const last = own.findLast(({ fromMs }) => run.fromMs <= fromMs && fromMs <= sentAtMs);
    const isLedByOther = trace.terms.some(
        (term) =>
            lifeOf(term.process).agent !== agent && term.toMs >= (last?.sinceMs ?? Infinity) && term.fromMs <= sentAtMs,
    );
    const isConfirmed = (trace.ledgers[agent]?.lines ?? []).some(
        ({ atMs, event }) => event.type === "removals.confirmed" && atMs >= (last?.sinceMs ?? 0) && atMs <= sentAtMs,
    );
    return last !== undefined && isLedByOther && !isConfirmed;
}
