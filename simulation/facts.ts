import { SENTINEL } from "../src/core/zones/zone";
import { addressesOf } from "./addresses";
import { boundsOf } from "./bounds";
import { clocksOf } from "./clocks";
import { type Granted, grantedOf } from "./granted";
import { type Hold, holdsOf } from "./holds";
import { type InForce, inForceOf, type WriteFacts } from "./inForce";
import { type Knowledge, knowledgeOf } from "./knowledge";
import type { Asked, Term, Trace } from "./trace";

/** What the laws ask of a trace. */
export interface Facts extends WriteFacts, Granted {
    /** The term that leads at a moment. */
    termAt(ms: number): Term | undefined;
    /** Whether neither Okta nor the way to it nor a host had any trouble. */
    isCalm(fromMs: number, toMs: number): boolean;
    isSourceCalm(fromMs: number, toMs: number): boolean;
    /** The addresses that need no grant: static gateways of some settings, and the sentinel. */
    readonly fixed: ReadonlySet<number>;
    /** When something waited for a confirmation. */
    readonly holds: readonly Hold[];
    /** The addresses that agents have let in by a grant, and have not taken out since. */
    inForce(): InForce;
    /** The last time before `ms` that a process was shown a zone: by a read, or by the answer to its own write too. */
    lastShown(process: number, zone: string, ms: number, by: "read" | "any"): Asked | undefined;
    /** The last answers that showed a process the zone before it wrote, oldest first: what it believed is among them. */
    shownBefore(put: Asked): readonly Asked[];
}

export function factsOf(trace: Trace): Facts {
    const { processes, terms, troubles, outages } = trace;
    const lifeOf = (process: number) => {
        const life = processes[process];
        if (life === undefined) throw new Error(`there is no process ${process}`);
        return life;
    };
    const clocks = clocksOf(trace, lifeOf);
    const overlaps = (fromMs: number, toMs: number) => (trouble: { fromMs: number; toMs: number }) =>
        trouble.fromMs <= toMs && fromMs <= trouble.toMs;
    const inside = insideOf(trace);
    const holds = holdsOf(trace);
    const shown = trace.requests.filter(({ status, fault }) => status === 200 && fault !== "html");
    const knowledge = knowledgesOf(trace, lifeOf);
    let inForce: InForce | undefined;
    const facts: Facts = {
        trace,
        lifeOf,
        ...clocks,
        fixed: addressesOf([SENTINEL, ...processes.flatMap(({ settings }) => settings.staticGateways)]),
        holds,
        holdsIn: (process, fromMs, toMs) =>
            holds.filter((hold) => hold.process === process && overlaps(fromMs, toMs)(hold)),
        termAt: (ms) => terms.find(({ fromMs, toMs }) => fromMs <= ms && ms < toMs),
        isCalm: (fromMs, toMs) => !troubles.some(overlaps(fromMs, toMs)),
        isSourceCalm: (fromMs, toMs) => !outages.some(overlaps(fromMs, toMs)),
        insideAt: (ms) => inside.findLast(({ atMs }) => atMs <= ms)?.addresses ?? NOTHING,
        ...grantedOf(trace, clocks, lifeOf),
        shownBefore: ({ process, zone, sentAtMs }) =>
            shown
                .filter((asked) => asked.process === process && asked.zone === zone && !asked.isForTime)
                .filter(({ answeredAtMs = Infinity }) => answeredAtMs <= sentAtMs)
                .slice(-DOUBTED - 1),
        lastShown: (process, zone, ms, by) =>
            shown.findLast(
                (asked) =>
                    asked.process === process &&
                    asked.zone === zone &&
                    (asked.answeredAtMs ?? Infinity) <= ms &&
                    (by === "any" || asked.method === "GET"),
            ),
        knowledge,
        inForce() {
            inForce ??= inForceOf(facts, boundsOf(trace.history));
            return inForce;
        },
    };
    return facts;
}

/** What agents have known, each put together once. */
function knowledgesOf(trace: Trace, lifeOf: Facts["lifeOf"]): Facts["knowledge"] {
    const known = new Map<number, Knowledge>();
    return (process) => {
        const { agent } = lifeOf(process);
        const knowledge = known.get(agent) ?? knowledgeOf(trace, agent);
        known.set(agent, knowledge);
        return knowledge;
    };
}

const NOTHING: ReadonlySet<number> = new Set();

/** The addresses in the zones of the settings from each moment on at which one changed, or other zones are in the settings. */
function insideOf({
    states,
    processes,
}: Trace): readonly { readonly atMs: number; readonly addresses: ReadonlySet<number> }[] {
    const last = new Map<string, ReadonlySet<number>>();
    let managed: readonly string[] = [];
    const changes = [
        ...processes.map(({ fromMs, settings }) => ({
            atMs: fromMs,
            apply() {
                managed = settings.zones;
            },
        })),
        ...states.map(({ atMs, zone, gateways, isGone }) => ({
            atMs,
            apply: () => void last.set(zone, isGone ? NOTHING : addressesOf(gateways)),
        })),
    ].sort((one, other) => one.atMs - other.atMs);
    return changes.map(({ atMs, apply }) => {
        apply();
        return { atMs, addresses: new Set(managed.flatMap((zone) => [...(last.get(zone) ?? NOTHING)])) };
    });
}

/** src/agent/zones/zoneState.ts: after a write, so many looks have to differ before they are believed. */
export const DOUBTED = 5;
