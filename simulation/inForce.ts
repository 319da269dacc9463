import { addressesOf, gatewaysIn } from "./addresses";
import { type Bounds, LINE_MS } from "./bounds";
import type { Clocks } from "./clocks";
import type { Hold } from "./holds";
import { type Knowledge, mayBeActive, type Run } from "./knowledge";
import type { Asked, Life, Trace } from "./trace";

/** What the addresses in force follow from. */
export interface WriteFacts extends Clocks {
    readonly trace: Trace;
    lifeOf(process: number): Life;
    /** The addresses in all zones. */
    insideAt(ms: number): ReadonlySet<number>;
    /** The holds of a process that overlap with this time. */
    holdsIn(process: number, fromMs: number, toMs: number): readonly Hold[];
    /** What the agent of a process has known, over all its processes. */
    knowledge(process: number): Knowledge;
}

/** A write that Okta carried out, and an address that is in no zone any more because of it. */
export interface TakenOut {
    readonly put: Asked;
    readonly atMs: number;
    readonly address: number;
    /** The latest moment at which it was certainly not decided yet. */
    readonly undecidedMs: number;
}

/**
 * Addresses that agents have let in by a grant that they knew, and have not taken out since. What somebody else takes out
 * of a zone, or puts there, changes nothing about that.
 */
export interface InForce {
    at(ms: number): ReadonlySet<number>;
    /** Those that were in force at some moment before. */
    everBefore(ms: number): ReadonlySet<number>;
    /** Addresses that were in force when an agent took them out, in order. */
    readonly takenOut: readonly TakenOut[];
}

export function inForceOf(facts: WriteFacts, { decisionMs }: Pick<Bounds, "decisionMs">): InForce {
    // A decision is about all zones, and the write of the last one may wait for those of the others.
    const aheadMs = facts.trace.history.zones > 1 ? decisionMs : LINE_MS;
    const states: { readonly atMs: number; readonly addresses: ReadonlySet<number> }[] = [];
    const takenOut: TakenOut[] = [];
    let now: ReadonlySet<number> = new Set();
    for (const put of writesIn(facts)) {
        const atMs = put.executedAtMs ?? put.sentAtMs;
        const body = addressesOf(gatewaysIn(put.body));
        const after = facts.insideAt(atMs + 1);
        const times = facts.timesOf(put.process, put.sentAtMs);
        const active = facts
            .knowledge(put.process)
            .runs.filter((run) => run.fromMs <= put.sentAtMs && mayBeActive(run, times));
        const granted = addressesIn(active.filter(({ toMs }) => toMs > put.sentAtMs - decisionMs));
        // Whose grants have all ended, or were let go of, is not in force any more, also where somebody else took it out
        // before, or its zone is gone.
        const announced = announcementOf(facts, put);
        // What is outside, and what no reading has had since before the line of the write, is not let in by it either.
        const stillRead = addressesIn(active.filter(({ toMs }) => toMs > (announced?.atMs ?? -Infinity)));
        const unusable = addressesIn(unusableOf(active, facts, put));
        const lasting = new Set([...stillRead, ...unusable, ...heldAt(facts, put)]);
        const undecidedMs = Math.min(announced?.atMs ?? Infinity, put.sentAtMs) - aheadMs;
        const goes = (each: number) => !body.has(each) && !after.has(each);
        const foreign = putInByOthers(facts, put);
        const out = [...addressesOf(gatewaysIn(put.before))].filter(
            (each) => goes(each) && now.has(each) && !foreign.has(each),
        );
        takenOut.push(...out.map((address) => ({ put, atMs, address, undecidedMs })));
        // What somebody else had taken out, and the agent has not seen yet, is out because of this write, too.
        const before = new Set([...out, ...addressesOf(announced?.event.before ?? [])]);
        const left = [...now].filter(
            (each) => !(before.has(each) && goes(each)) && (after.has(each) || lasting.has(each)),
        );
        now = new Set([...left, ...[...body].filter((each) => granted.has(each))]);
        states.push({ atMs, addresses: now });
    }
    return {
        at: (ms) => states.findLast(({ atMs }) => atMs <= ms)?.addresses ?? NOTHING,
        everBefore: (ms) => new Set(states.filter(({ atMs }) => atMs < ms).flatMap(({ addresses }) => [...addresses])),
        takenOut,
    };
}

/** What a zone holds before a write because somebody else put it there, who may have taken it out of another zone. */
function putInByOthers({ trace }: WriteFacts, { zone, executedAtMs = 0 }: Asked): ReadonlySet<number> {
    let foreign = new Set<number>();
    let held: ReadonlySet<number> = NOTHING;
    for (const state of trace.states) {
        if (state.zone !== zone || state.atMs >= executedAtMs - 1) continue;
        const now = addressesOf(state.gateways ?? []);
        const stays = (each: number) => held.has(each) && !foreign.has(each);
        foreign = new Set(state.by === "agent" ? [] : [...now].filter((each) => !stays(each)));
        held = now;
    }
    return foreign;
}

/** Forms whose grants are unusable in the latest reading. */
function unusableOf(runs: readonly Run[], facts: WriteFacts, { process, sentAtMs }: Asked): readonly Run[] {
    const before = facts.knowledge(process).lessons.filter(({ atMs, kind }) => kind === "read" && atMs <= sentAtMs);
    // One that stands by with the same folder may have read something newer.
    const last = before.findLast((each) => each.process === process) ?? before.at(-1);
    return runs.filter(({ id }) => last?.unusable.includes(id) === true);
}

function heldAt(facts: WriteFacts, { process, sentAtMs }: Asked): readonly number[] {
    return facts.holdsIn(process, sentAtMs, sentAtMs).flatMap(({ addresses }) => [...addresses]);
}

function addressesIn(runs: readonly Run[]): ReadonlySet<number> {
    return new Set(runs.flatMap(({ addresses }) => [...addresses]));
}

/** How a write was announced, in the ledger. */
function announcementOf({ trace, lifeOf }: WriteFacts, { process, zone, sentAtMs }: Asked) {
    const lines = trace.ledgers[lifeOf(process).agent]?.lines ?? [];
    const line = lines.findLast(
        ({ atMs, process: by, event }) =>
            atMs <= sentAtMs && by === process && event.type === "write.intended" && event.zone === zone,
    );
    return line?.event.type === "write.intended" ? { atMs: line.atMs, event: line.event } : undefined;
}

const NOTHING: ReadonlySet<number> = new Set();

/** Writes that Okta carried out, in the order in which it did. */
export function writesIn({ trace }: WriteFacts): readonly Asked[] {
    // The emulator counts from 1970, so that the last digits of a moment are not the same.
    const isDone = ({ zone, executedAtMs = Infinity }: Asked) =>
        trace.states.some((state) => state.zone === zone && Math.abs(state.atMs - executedAtMs) < 1);
    return trace.requests
        .filter((asked) => asked.method === "PUT" && isDone(asked))
        .sort((one, other) => (one.executedAtMs ?? 0) - (other.executedAtMs ?? 0));
}
