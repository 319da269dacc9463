import { isActive } from "../src/core/grants/grants";
import { addressesIn } from "./addresses";
import type { boundsOf } from "./bounds";
import { EPOCH_MS } from "./epoch";
import type { Facts } from "./facts";

/** How long it took until a change of the grants was in the zones. */
export interface Measure {
    readonly what: "in force" | "out again";
    /** The source said so and hinted at it, said so in silence, or time alone did it. */
    readonly because: "hint" | "silence" | "time";
    /** Whether nothing was wrong, long enough before and all the while. */
    readonly isCalm: boolean;
    readonly ms: number;
}

export interface Measures {
    readonly delays: readonly Measure[];
    readonly writes: number;
    /** Moments at which the addresses changed that are truly granted. */
    readonly changes: number;
}

/** Of histories in which no clock is set and no brake holds: there it is plain since when somebody should be in or out. */
export function measuresOf(facts: Facts, bounds: ReturnType<typeof boundsOf>): Measures {
    const { trace } = facts;
    if (trace.jumps.length > 0 || trace.history.maxRemovals !== undefined) return { delays: [], writes: 0, changes: 0 };
    const steps = stepsOf(facts);
    const delays = steps.flatMap(({ atMs, before, after, because }, index) =>
        [...new Set([...before, ...after])].flatMap((address) => {
            const isIn = after.has(address);
            if (isIn === before.has(address) || facts.fixed.has(address)) return [];
            const again = steps.slice(index + 1).find((step) => step.after.has(address) !== isIn);
            const doneMs = doneAt(facts, address, isIn, atMs);
            if (doneMs === undefined || doneMs >= (again?.atMs ?? Infinity)) return [];
            const fromMs = atMs - bounds.recoverMs;
            const led = trace.terms.some((term) => term.fromMs <= fromMs && term.toMs > doneMs);
            const isCalm =
                led && facts.isCalm(fromMs, doneMs) && facts.isSourceCalm(atMs - bounds.sourceRecoverMs, doneMs);
            return [{ what: isIn ? "in force" : "out again", because, isCalm, ms: doneMs - atMs } as const];
        }),
    );
    const changes = steps.filter(
        ({ before, after }) => before.size !== after.size || [...before].some((a) => !after.has(a)),
    );
    const writes = trace.requests.filter(({ method, executedAtMs }) => method === "PUT" && executedAtMs !== undefined);
    return { delays, writes: writes.length, changes: changes.length };
}

interface Step {
    readonly atMs: number;
    readonly because: Measure["because"];
    /** What was truly granted right before, and is from this moment on. */
    readonly before: ReadonlySet<number>;
    readonly after: ReadonlySet<number>;
}

function stepsOf({ trace }: Facts): Step[] {
    const { documents, history } = trace;
    const told = new Map(documents.map((document) => [document.atMs, document]));
    const moments = documents.flatMap(({ grants }) =>
        grants.flatMap(({ startsAtMs, expiresAtMs }) => [startsAtMs ?? 0, expiresAtMs ?? 0].map((ms) => ms - EPOCH_MS)),
    );
    const all = [...new Set([...told.keys(), ...moments])].filter((ms) => 0 < ms && ms < history.endsAtMs);
    const granted = (ms: number) => {
        const grants = documents.findLast(({ atMs }) => atMs <= ms)?.grants ?? [];
        const active = grants.filter((grant) => isActive(grant, EPOCH_MS + ms));
        return new Set(active.flatMap(({ spans }) => spans.flatMap(addressesIn)));
    };
    let before: ReadonlySet<number> = new Set();
    return all
        .sort((a, b) => a - b)
        .map((atMs) => {
            const document = told.get(atMs);
            const isHeard = (document?.heardAtMs ?? Infinity) - atMs <= 100;
            const step: Step = {
                atMs,
                because: document === undefined ? "time" : isHeard ? "hint" : "silence",
                before,
                after: granted(atMs),
            };
            before = step.after;
            return step;
        });
}

/** The first moment from then on at which the address is in the zones, or is not. */
function doneAt(facts: Facts, address: number, isIn: boolean, fromMs: number): number | undefined {
    const moments = [fromMs, ...facts.trace.states.map(({ atMs }) => atMs).filter((ms) => ms > fromMs)];
    return moments.find((ms) => facts.insideAt(ms).has(address) === isIn);
}
