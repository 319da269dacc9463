import { gatewaysIn } from "../addresses";
import type { Bounds } from "../bounds";
import type { Facts } from "../facts";
import type { Line } from "../trace";

/**
 * Each write has its line in the ledger before it leaves, and what became of
 * it before the next write of that zone. Only the last write of an agent that
 * does not lead any more, or of a zone that is gone or cannot be reached, may stay open.
 */
export function keepsItsLedger(facts: Facts, bounds: Bounds): string[] {
    return [...intentions(facts), ...facts.trace.ledgers.flatMap(({ lines }) => outcomes(lines, facts, bounds))];
}

/**
 * Whenever the ledger is opened, and at the end, `zonekeeper ledger verify` finds it whole, with the files that are gone
 * as without them: no line is changed, none is missing, and none of which a process was told that it is kept.
 */
export function losesNoLine({ trace }: Facts): string[] {
    return trace.ledgers.flatMap(({ faults }, agent) =>
        faults.map((fault) => `the ledger of agent ${agent}: ${fault}`),
    );
}

function intentions({ trace, lifeOf }: Facts): string[] {
    return trace.requests
        .filter(({ method }) => method === "PUT")
        .filter(({ process, zone, sentAtMs, body }) => {
            const last = trace.ledgers[lifeOf(process).agent]?.acknowledged.findLast(
                ({ atMs, event }) => event.type === "write.intended" && event.zone === zone && atMs <= sentAtMs,
            );
            return last?.event.type !== "write.intended" || last.event.after.join() !== gatewaysIn(body).join();
        })
        .map(({ process, sentAtMs }) => `process ${process} writes at ${sentAtMs} ms what no line announces`);
}

function outcomes(lines: readonly Line[], facts: Facts, { recoverMs }: Bounds): string[] {
    const { states, terms, history } = facts.trace;
    const endsCalm = facts.isCalm(history.endsAtMs - recoverMs, history.endsAtMs);
    const gone = new Set(states.filter(({ isGone }) => isGone).map(({ zone }) => zone));
    const leader = terms.find(({ toMs }) => toMs >= history.endsAtMs);
    const open = new Map<
        string,
        Line & { readonly event: { readonly type: "write.intended"; readonly write: string } }
    >();
    const problems: string[] = [];
    for (const line of lines) {
        const { event } = line;
        if (event.type === "write.intended") {
            const before = open.get(event.zone);
            if (before !== undefined) problems.push(`nobody says what became of ${before.event.write}`);
            open.set(event.zone, { ...line, event });
        } else if ("write" in event && "zone" in event && (event.type !== "write.failed" || !event.isOpen)) {
            if (open.get(event.zone)?.event.write === event.write) open.delete(event.zone);
        }
    }
    const isOld = ({ atMs, process }: Line) => process === leader?.process && atMs + recoverMs < history.endsAtMs;
    for (const [zone, line] of open) {
        if (!gone.has(zone) && isOld(line) && endsCalm) problems.push(`nobody says what became of ${line.event.write}`);
    }
    return problems;
}
