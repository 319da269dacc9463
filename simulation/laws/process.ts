import type { Bounds } from "../bounds";
import type { Facts } from "../facts";

/** A process ends for what another try would not mend, and nothing spins. */
export function endsForNothing({ trace }: Facts): string[] {
    const { processes, history, failure } = trace;
    const excuses = [
        ...(history.events.some(({ kind }) => kind === "delete") ? ["zone-missing"] : []),
        ...(history.events.some((event) => event.kind === "source" && event.state === "bad") ? ["bad-input"] : []),
    ];
    const ended = processes.flatMap(({ id, ended }) =>
        ended === undefined || excuses.includes(ended.code) ? [] : [`process ${id} ended: ${ended.message}`],
    );
    return failure === undefined ? ended : [...ended, failure];
}

/**
 * When all has been well for long enough, somebody leads. Not where the adversary has killed or stopped a process, or taken
 * the lead, shortly before the end: a lock lasts longer than its holder, and an armed crash comes with the next sync.
 */
export function isLed({ trace, isCalm, isSourceCalm }: Facts, { takeOverMs }: Bounds): string[] {
    const { terms, history, failure, processes } = trace;
    const fromMs = history.endsAtMs - takeOverMs;
    const isLate = (ms: number) => fromMs <= ms && ms < history.endsAtMs;
    const wasHit =
        processes.some(({ toMs, ended }) => ended === undefined && isLate(toMs)) ||
        history.events.some(({ kind, atMs }) => kind === "lose lead" && isLate(atMs));
    if (failure !== undefined || wasHit) return [];
    if (!isCalm(fromMs, history.endsAtMs) || !isSourceCalm(fromMs, history.endsAtMs)) return [];
    return terms.some(({ toMs }) => toMs >= history.endsAtMs) ? [] : ["nobody leads at the end"];
}

/** Nobody writes who does not lead, nor ends sessions. */
export function leadsAlone({ trace }: Facts): string[] {
    return trace.requests
        .filter(({ method }) => method !== "GET")
        .filter(({ process, sentAtMs }) => {
            const leads = ({ fromMs, toMs }: { fromMs: number; toMs: number }) =>
                fromMs <= sentAtMs && sentAtMs <= toMs;
            return !trace.terms.some((term) => term.process === process && leads(term));
        })
        .map(({ process, sentAtMs }) => `process ${process} writes at ${sentAtMs} ms and does not lead`);
}

/**
 * In any minute a process asks no more than its share: half of it may be in its
 * bucket, half comes in over the minute. Asking again after a lost answer may
 * put the bucket into debt by two; a clock that is set forward fills it.
 */
export function asksWithinItsBudget({ trace, lifeOf }: Facts, { perMinute }: Bounds): string[] {
    return trace.processes.flatMap(({ id }) => {
        const own = trace.requests
            .filter(({ process, user }) => process === id && user === undefined)
            .map(({ sentAtMs }) => sentAtMs);
        return own.flatMap((ms, index) => {
            const made = own.slice(0, index + 1).filter((at) => at > ms - 60_000).length;
            const { agent } = lifeOf(id);
            const jumps = trace.jumps.filter(
                (jump) => jump.agent === agent && jump.byMs > 0 && ms - 60_000 < jump.atMs && jump.atMs <= ms,
            );
            const most = perMinute + 2 + (jumps.length * perMinute) / 2;
            return made > most
                ? [`process ${id} makes ${made} requests in the minute before ${ms} ms, of ${most}`]
                : [];
        });
    });
}
