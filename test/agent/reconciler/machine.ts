import type { Effect, Moment, ReconcilerEvent, Results } from "../../../src/agent/reconciler/event";
import { next } from "../../../src/agent/reconciler/next";
import { initialState, type ReconcilerSettings, type ReconcilerState } from "../../../src/agent/reconciler/state";
import type { Grant } from "../../../src/core/grants/grants";
import { type Memory, NO_MEMORY } from "../../../src/core/membership/memory";
import { parseRules } from "../../../src/core/membership/rules";
import type { Zone } from "../../../src/okta/zones/zones";
import { NOW } from "../../support/grants";
import { momentAt } from "../../support/moment";

/** This agent leads from now on, with nothing that was heard before. */
export const LEAD: ReconcilerEvent = { type: "lead", remembered: undefined, heard: undefined };

export type Begun = Extract<Effect, { readonly do: "begin" }>;

/** The state machine alone: what it wants done is listed, and the test says what comes of it. */
export interface Machine {
    state(): ReconcilerState;
    /** Lets something happen. @returns what is to be done, each in a few words */
    happen(event: ReconcilerEvent): readonly string[];
    /** The task of a lane that was begun last. @throws where there is none */
    underWay(lane: Begun["lane"]): Begun;
    /** It has ended well, with these results. */
    done(lane: Begun["lane"], results?: Results): readonly string[];
    failed(lane: Begun["lane"], error: unknown): readonly string[];
    /** Answers each task of the zone lane as a healthy world does, until the lane rests or has ended. */
    run(): readonly string[];
    /** Lines of the source lane are kept, until there is none. */
    keepLines(): void;
    pass(ms: number): void;
    /** The gateways of a zone as Okta has them. */
    readonly zones: Map<string, readonly string[]>;
}

export interface MachineOptions {
    readonly zones: Readonly<Record<string, readonly string[]>>;
    /** Grants that are known. @default nothing is remembered */
    readonly known?: readonly Grant[];
    readonly settings?: Partial<ReconcilerSettings>;
    readonly moment?: Partial<Moment>;
}

export function settingsWith(more: Partial<ReconcilerSettings> = {}): ReconcilerSettings {
    return {
        zoneIds: ["nzo1"],
        rules: parseRules({}),
        drift: "heal",
        firstContact: "hold",
        isBound: false,
        endsSessions: false,
        isStateShared: true,
        sourceName: "a test",
        pollMs: 30_000,
        maxStaleMs: undefined,
        toldOf: undefined,
        ...more,
    };
}

export function openMachine({ zones: seed, known, settings: more, moment = {} }: MachineOptions): Machine {
    const zones = new Map(Object.entries(seed));
    const settings = settingsWith({ zoneIds: [...zones.keys()], ...more });
    let state: ReconcilerState = initialState(settings);
    if (known !== undefined) state = { ...state, memory: memoryOf(known, settings.zoneIds) };
    let nowMs = NOW;
    let writes = 0;
    const begun = new Map<Begun["lane"], Begun>();

    function happen(event: ReconcilerEvent): readonly string[] {
        const at = momentAt(nowMs, { elapsedMs: nowMs - NOW, ...moment });
        const { state: after, effects } = next(settings, deepFreeze(state), event, at);
        state = after;
        for (const effect of effects) if (effect.do === "begin") begun.set(effect.lane, effect);
        return effects.map(wordsOf);
    }

    function underWay(lane: Begun["lane"]): Begun {
        const task = begun.get(lane);
        if (task === undefined) throw new Error(`no task of the ${lane} lane was begun`);
        return task;
    }

    const done = (lane: Begun["lane"], results: Results = {}) =>
        happen({ type: "done", lane, number: underWay(lane).number, ...results });

    function resultOf({ task }: Begun): Results {
        if (task.do === "look") return { zone: zoneWith(task.zone, zones.get(task.zone) ?? []) };
        if (task.do === "intend") return { id: `w${++writes}` };
        if (task.do !== "write") return {};
        zones.set(task.zone.id, task.gateways);
        return { receipt: { status: 200 } };
    }

    return {
        state: () => state,
        happen,
        underWay,
        done,
        failed: (lane, error) => happen({ type: "failed", lane, number: underWay(lane).number, error }),
        run() {
            const all: string[] = [];
            while (state.zoneLane.underWay !== undefined && underWay("zone").task.do !== "rest") {
                all.push(...done("zone", resultOf(underWay("zone"))));
            }
            return all;
        },
        keepLines() {
            while (state.sourceLane.tasks[0]?.do === "record") done("source");
        },
        pass(ms) {
            nowMs += ms;
        },
        zones,
    };
}

export function memoryOf(grants: readonly Grant[], zoneIds: readonly string[]): Memory {
    return { ...NO_MEMORY, grants, unknown: Object.fromEntries(zoneIds.map((id) => [id, []])) };
}

export function zoneWith(id: string, gateways: readonly string[]): Zone {
    return { id, name: id, usage: "POLICY", status: "ACTIVE", gateways, proxies: [], document: {} };
}

/** Whether an effect, in words, is the beginning of a task. */
export function isBegun(words: string): boolean {
    return words.includes(": ");
}

/** `zone: look nzo1`, `source: read`, `wake`. */
export function wordsOf(effect: Effect): string {
    if (effect.do !== "begin") return effect.do;
    const { lane, task } = effect;
    if (task.do === "record") return `${lane}: record ${task.event.type}`;
    if (task.do === "look" || task.do === "mark-seen") return `${lane}: ${task.do} ${task.zone}`;
    if (task.do === "intend") return `${lane}: intend ${task.write.zone}`;
    if (task.do === "write") return `${lane}: write ${task.zone.id} ${task.gateways.join(" ")}`;
    return `${lane}: ${task.do}`;
}

/** So that a state which is changed in place makes the test fail. Grants have an index beside them, and are left alone. */
function deepFreeze<T>(value: T): T {
    if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
    if (value instanceof Error) return value;
    Object.freeze(value);
    for (const each of Object.values(value)) deepFreeze(each);
    return value;
}
