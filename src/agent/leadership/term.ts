import type { Clock } from "../../clock";
import { type Alarm, startAlarm } from "./alarm";
import type { Term } from "./leadership";

export interface TermOptions {
    readonly clock: Pick<Clock, "sleep">;
    /** How often the lock is proved. */
    readonly everyMs: number;
    /** For how long after a successful proof was requested the lock counts as held. */
    readonly proofMs: number;
    /**
     * Whether the lock is ours: `held` if it was so after the call began; `lost` if it is not;
     * `unknown`, or a rejection, if it is not known.
     */
    prove(): Promise<"held" | "lost" | "unknown">;
    /**
     * Whether the lock is ours now, if that can be checked synchronously. A process that was busy for
     * longer than `proofMs` then keeps it. @default it cannot be checked
     */
    glance?(): boolean;
    /** Releases the lock; called once, and not if it was lost. */
    release(): Promise<void>;
    /** Called once, if the lock was lost. */
    drop(): void;
    /** Aborts when the lock is known to be lost. @default never */
    readonly broken?: AbortSignal;
}

export interface OwnTerm extends Term {
    /** Whether it is over, ended or lost. */
    readonly isOver: boolean;
    /** Resolves when the first proof succeeded, or the term is over. The agent does not lead before. */
    readonly proved: Promise<void>;
}

/**
 * A term that ends itself when the lock can no longer be proved: `lost` aborts at
 * the latest `proofMs` after the last successful proof was requested. The alarm starts
 * before the query is sent, so a slow answer makes the term shorter and never longer.
 * If `glance` is given, it is checked before the term ends.
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
