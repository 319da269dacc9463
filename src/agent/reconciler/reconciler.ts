import type { Reading } from "../../core/grants/grantsDocument";
import type { Decided } from "../../core/group/wantedUsers";
import type { Remembered } from "../../core/membership/memory";
import type { Prepared } from "../../core/membership/preparedReading";
import type { Overheard } from "../grants/overheard";
import type { MembershipMemory } from "../memory/membershipMemory";
import type { Budget } from "../requestBudget";
import { createWakeup, type Wakeup } from "../wakeup";
import type { Effect, Moment, ReconcilerEvent, RoundResult } from "./event";
import type { Failure } from "./failures";
import type { Known } from "./grantsNow";
import { next } from "./next";
import { type PreparingFor, prepare as preparing } from "./preparing";
import { initialState, type ReconcilerSettings, type ReconcilerState } from "./state";
import { aboutFailure, runTask, type TaskPorts } from "./tasks";

/** All that a reconciler asks, and all that hears of it. */
export interface ReconcilerPorts extends TaskPorts {
    readonly remembering: Pick<MembershipMemory, "set" | "hear" | "keep" | "kept">;
    readonly budget: Pick<Budget, "mayAsk">;
    /** What the world says at this moment. */
    readonly moment: () => Moment;
    /** Hears how each round ended. */
    readonly onRound: (result: RoundResult | "failed") => void;
    /** Hears what keeps the zones from being as they should be, once for each reason, and that nothing does any more. */
    readonly onTrouble: (trouble: Failure | undefined) => void;
    /** Hears each decision before the zones are written. */
    readonly onDecided: (decided: Decided) => void;
}

/**
 * Carries out what the state machine wants done, and tells it what came of that, see `next`. It decides nothing itself,
 * and waits for nothing but what is asked: time passes only in tasks.
 */
export interface Reconciler {
    /**
     * Keeps the zones until `stop` aborts, which lets the write under way come to its end, or `lost`, which cuts it off.
     *
     * @throws what makes going on senseless: before the first round ended well, whatever another try would not mend;
     *     later, only an error without a code, which is a bug
     */
    lead(stop: AbortSignal, lost: AbortSignal, beginning: Beginning): Promise<void>;
    /** Takes what an earlier process has left, to judge by it what the source says. */
    standBy(remembered: Remembered | undefined, isFirst: boolean): void;
    /** The source was read while another agent leads. */
    hear(reading: Reading, prepared?: Prepared): void;
    /** Prepares the decision about a reading; undefined where that is not worth it. @throws the signal's reason */
    prepare(reading: Reading, signal: AbortSignal): Promise<Prepared> | undefined;
    /** The source may say something new. */
    hint(): void;
    /** Another writer may have changed a zone. */
    suspect(): void;
    /** A decision may come out differently for another reason. */
    recheck(): void;
    /** Lets go of what is held. @returns what was confirmed; nothing if something else is held */
    confirm(held: readonly string[], by: string, reason?: string): Promise<readonly string[]>;
    /** What questions are answered from. */
    known(): Known;
}

/** What an agent that begins to lead goes on from. */
export interface Beginning {
    readonly remembered: Remembered | undefined;
    readonly heard: Overheard | undefined;
}

interface Running {
    readonly settings: ReconcilerSettings;
    readonly ports: ReconcilerPorts;
    readonly wakeup: Wakeup;
    /** Events that came while another one is handled. */
    readonly waiting: ReconcilerEvent[];
    readonly questions: Map<number, Deferred<readonly string[]>>;
    state: ReconcilerState;
    isHandling: boolean;
    asked: number;
    /** Undefined while it does not lead. */
    term: Term | undefined;
    /** The task of the source lane that was begun last. */
    ofSource: Promise<void> | undefined;
}

/** One time of leading. */
interface Term {
    readonly over: AbortSignal;
    readonly lost: AbortSignal;
    readonly end: (error?: { readonly thrown: unknown }) => void;
}

export function openReconciler(settings: ReconcilerSettings, ports: ReconcilerPorts): Reconciler {
    const running: Running = {
        settings,
        ports,
        wakeup: createWakeup(ports.clock),
        waiting: [],
        questions: new Map(),
        state: initialState(settings),
        isHandling: false,
        asked: 0,
        term: undefined,
        ofSource: undefined,
    };
    return {
        lead: (stop, lost, beginning) => lead(running, stop, lost, beginning),
        standBy: (remembered, isFirst) => happen(running, { type: "stand-by", remembered, isFirst }),
        hear: (reading, prepared) => happen(running, { type: "hear", reading, prepared }),
        prepare: (reading, signal) => preparing(reading, () => preparingFor(running), signal),
        hint: () => happen(running, { type: "hint" }),
        suspect: () => happen(running, { type: "suspect" }),
        recheck: () => happen(running, { type: "recheck" }),
        async confirm(held, by, reason) {
            const asked = ++running.asked;
            const question = deferred<readonly string[]>();
            running.questions.set(asked, question);
            happen(running, { type: "confirm", asked, held, by, reason });
            return question.promise.finally(() => running.questions.delete(asked));
        },
        known: () => ({ settings, state: running.state, moment: ports.moment() }),
    };
}

/** Handles one event after the other: an effect may bring another one at once. */
function happen(running: Running, event: ReconcilerEvent): void {
    const { settings, ports, waiting } = running;
    waiting.push(event);
    if (running.isHandling) return;
    running.isHandling = true;
    try {
        for (let each = waiting.shift(); each !== undefined; each = waiting.shift()) {
            const { state, effects } = next(settings, running.state, each, ports.moment());
            running.state = state;
            for (const effect of effects) perform(running, effect);
        }
    } catch (thrown) {
        // A bug: it ends what is under way, or goes to the caller.
        if (running.term === undefined) throw thrown;
        running.term.end({ thrown });
    } finally {
        running.isHandling = false;
    }
}

function perform(running: Running, effect: Effect): void {
    const { ports, questions, wakeup } = running;
    switch (effect.do) {
        case "begin":
            return void begin(running, effect);
        case "remember":
            return void ports.remembering.set(effect.memory);
        case "remember-heard":
            return void ports.remembering.hear(effect.memory, ports.clock.now());
        case "keep-again":
            return void ports.remembering.keep();
        case "wake":
            return void wakeup.ring();
        case "claim":
            return void ports.budget.mayAsk(effect.purpose);
        case "tell-round":
            return void ports.onRound(effect.result);
        case "tell-trouble":
            return void ports.onTrouble(effect.trouble);
        case "tell-decided":
            return void ports.onDecided(effect.decided);
        case "answer":
            return void questions.get(effect.asked)?.resolve(effect.confirmed);
        case "refuse":
            return void questions.get(effect.asked)?.reject(effect.error);
        case "end":
            return void running.term?.end(effect.error);
    }
}

function begin(running: Running, { lane, number, task }: Extract<Effect, { readonly do: "begin" }>): void {
    const { ports, wakeup } = running;
    const { over, lost } = running.term ?? { over: ENDED, lost: ENDED };
    const prepare = (reading: Reading, signal: AbortSignal) => preparing(reading, () => preparingFor(running), signal);
    const ended = runTask(task, ports, { over, lost, wakeup, prepare }).then(
        (results) => happen(running, { type: "done", lane, number, ...results }),
        async (error: unknown) => {
            const about = await aboutFailure(task, error, ports).catch((other: unknown) => ({ error: other }));
            happen(running, { type: "failed", lane, number, error, ...about });
        },
    );
    // A bug in what hears of an event.
    ended.catch((thrown: unknown) => running.term?.end({ thrown }));
    if (lane === "source") running.ofSource = ended;
}

function preparingFor({ settings, state, ports }: Running): PreparingFor {
    return { settings, state, nowMs: ports.moment().nowMs };
}

const ENDED = AbortSignal.abort();

async function lead(running: Running, stop: AbortSignal, lost: AbortSignal, beginning: Beginning): Promise<void> {
    const over = new AbortController();
    const ended = deferred<{ readonly thrown: unknown } | undefined>();
    running.term = { over: over.signal, lost, end: ended.resolve };
    const end = () => {
        // The state first: a task that is cut off then is no failure.
        happen(running, { type: "stop" });
        over.abort();
    };
    for (const signal of [stop, lost]) signal.addEventListener("abort", end, { once: true });
    happen(running, { type: "lead", ...beginning });
    if (stop.aborted || lost.aborted) end();
    const error = await ended.promise;
    for (const signal of [stop, lost]) signal.removeEventListener("abort", end);
    end();
    while (running.state.sourceLane.tasks.length > 0) await running.ofSource;
    running.term = undefined;
    if (error !== undefined) throw error.thrown;
}

interface Deferred<T> {
    readonly promise: Promise<T>;
    readonly resolve: (value: T) => void;
    readonly reject: (error: unknown) => void;
}

/** As Promise.withResolvers, which Node 20 does not have. */
function deferred<T>(): Deferred<T> {
    let [resolve, reject]: [Deferred<T>["resolve"], Deferred<T>["reject"]] = [() => {}, () => {}];
    const promise = new Promise<T>((...settle) => {
        [resolve, reject] = settle;
    });
    return { promise, resolve, reject };
}
