import type { Clock } from "../../clock";
import { type Alarm, startAlarm } from "./alarm";
import type { Term } from "./leadership";

export interface TermOptions {
    readonly clock: Pick<Clock, "sleep">;
    /** How often the lock is proved. */
    readonly everyMs: number;
    /** For how long after a proof was asked for, and given, the lock is taken for ours. */
    readonly proofMs: number;
    /**
     * Whether the lock is ours: `held` if it was so after the call began; `lost` if it is not;
     * `unknown`, or a rejection, if it could not be told.
     */
    prove(): Promise<"held" | "lost" | "unknown">;
    /**
     * Whether the lock is ours at this very moment, where that can be told without waiting. A process that was busy for
     * longer than `proofMs` then keeps it. @default that cannot be told
     */
    glance?(): boolean;
    /** Gives the lock to whoever waits; called once, and not where it was lost. */
    release(): Promise<void>;
    /** Called once, where it was lost. */
    drop(): void;
    /** Aborts where the lock is known to be gone. @default never */
    readonly broken?: AbortSignal;
}

export interface OwnTerm extends Term {
    /** Whether it is over, ended or lost. */
    readonly isOver: boolean;
    /** Resolves when the first proof was given, or the term is over. Nobody leads before. */
    readonly proved: Promise<void>;
}

/**
 * A term that ends itself when the lock can no longer be proved: `lost` aborts at
 * the latest `proofMs` after the last good proof was asked for. The alarm starts
 * before the question is sent, so a slow answer makes the term shorter and never longer.
 * Where a glance can tell, it does so before the term is over.
 */
export function startTerm(options: TermOptions): OwnTerm {
    const { clock, everyMs, proofMs, prove, glance, release, drop, broken } = options;
    const [lost, over] = [new AbortController(), new AbortController()];
    const lose = () => {
        if (over.signal.aborted) return;
        over.abort();
        lost.abort(new DOMException("the lock is lost", "AbortError"));
        drop();
    };
    broken?.addEventListener("abort", lose, { once: true });
    const arm = (): Alarm => {
        const own = startAlarm(clock, proofMs, () => {
            if (!glance?.()) lose();
            else if (own === alarm && !over.signal.aborted) alarm = arm();
        });
        return own;
    };
    let alarm = arm();
    over.signal.addEventListener("abort", () => alarm.cancel());

    async function proveOnce(): Promise<"held" | "lost" | "unknown"> {
        const next = arm();
        over.signal.addEventListener("abort", next.cancel, { once: true });
        const state = await prove().catch(() => "unknown" as const);
        over.signal.removeEventListener("abort", next.cancel);
        if (over.signal.aborted || state !== "held") next.cancel();
        else {
            alarm.cancel();
            alarm = next.isOver ? arm() : next;
        }
        return state;
    }

    async function watch(): Promise<void> {
        while (!over.signal.aborted) {
            await clock.sleep(everyMs, over.signal);
            if ((await proveOnce()) === "lost") lose();
        }
    }

    const proved = proveOnce().then((state) => {
        if (state !== "held") lose();
    });
    proved.then(watch).catch(() => {});
    if (broken?.aborted) lose();

    return {
        lost: lost.signal,
        proved,
        get isOver() {
            return over.signal.aborted;
        },
        async end() {
            if (over.signal.aborted) return;
            over.abort();
            await release();
        },
    };
}
