import { DEFAULT_WINDOW_MS, mostRemovals, parseMaxRemovals } from "../../src/core/membership/limits";
import type { Facts } from "../facts";
import type { TakenOut } from "../inForce";
import { type Knowledge, mayBeActive, type Run } from "../knowledge";

/** A form of a grant that lost an address by what `maxRemovals` allows. */
export interface Loss {
    readonly run: Run;
    readonly out: TakenOut;
    readonly known: Knowledge;
}

/** More grants within the window than the limit allows. */
export function beyondLimit(facts: Facts, losses: readonly Loss[]): string[] {
    return losses.flatMap(({ run, out, known }) => {
        // A removal is accepted with the decision, which an outage of Okta delays: from then on the window runs.
        const fromMs = out.put.sentAtMs - DEFAULT_WINDOW_MS;
        const ids = new Set(
            losses
                .filter((other) => other.known === known && fromMs < other.run.toMs && other.run.toMs <= run.toMs)
                .map((other) => other.run.id),
        );
        const most = Math.max(
            ...limitsIn(facts, fromMs, out.put.sentAtMs).map((limit) =>
                // Those that were removed count among those that were active, each time.
                mostRemovals(limit, activeIn(facts, known, out, fromMs).size + ids.size),
            ),
        );
        return ids.size > most
            ? [`${ids.size} grants lose addresses by ${out.atMs} ms, of ${most} allowed: ${[...ids].join(" ")}`]
            : [];
    });
}

/** All that were known active, where these are two or more. */
export function allAtOnce(facts: Facts, losses: readonly Loss[]): string[] {
    return losses.flatMap(({ run, out, known }) => {
        const lost = new Set(
            losses.filter((each) => each.known === known && each.run.toMs === run.toMs).map(({ run }) => run.id),
        );
        const times = facts.timesOf(out.put.process, run.toMs);
        const before = new Set(
            known.runs
                .filter((each) => each.fromMs < run.toMs && run.toMs <= each.toMs && mayBeActive(each, times))
                .map(({ id }) => id),
        );
        // What a held reading lacked and this one has again was known all the time.
        const comesBack = known.runs.some(
            ({ id, fromMs, addresses }) =>
                fromMs === run.toMs &&
                !before.has(id) &&
                known.runs.some((each) => each.id === id && each.toMs < fromMs) &&
                [...addresses].some((address) => facts.insideAt(fromMs).has(address)),
        );
        const isAll = before.size > 1 && !comesBack && [...before].every((id) => lost.has(id));
        return isAll ? [`all of ${[...before].join(" ")} lose their addresses at once by ${out.atMs} ms`] : [];
    });
}

function limitsIn({ trace }: Facts, fromMs: number, toMs: number) {
    return trace.processes
        .filter((life) => life.fromMs <= toMs && fromMs <= life.toMs)
        .map(({ settings }) => parseMaxRemovals(settings.maxRemovals));
}

/** The ids that were known and active at some moment since then. */
function activeIn(facts: Facts, { runs }: Knowledge, { put }: TakenOut, fromMs: number): ReadonlySet<string> {
    const [first, last] = [
        Math.min(...facts.timesOf(put.process, fromMs)),
        Math.max(...facts.timesOf(put.process, put.sentAtMs)),
    ];
    const active = runs.filter(
        ({ startsAtMs, endsAtMs, ...run }) =>
            run.fromMs <= put.sentAtMs && run.toMs >= fromMs && startsAtMs <= last && endsAtMs > first,
    );
    return new Set(active.map(({ id }) => id));
}
