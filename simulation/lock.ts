import type { Leadership } from "../src/agent/leadership/leadership";
import type { WorldTime } from "./time";
import type { Term } from "./trace";

/** One lock for all agents of a world. It keeps the contract of Leadership, and can be lost, or given twice. */
export interface WorldLock {
    leadershipOf(process: number): Leadership;
    /** Nobody leads any longer. */
    lose(): void;
    /** The next one that waits leads, too, for so long. */
    double(forMs: number): void;
    /** A process is dead: its lock runs out after a while. */
    abandon(process: number): void;
    isLeading(process: number): boolean;
    readonly terms: readonly Term[];
}

interface Holding {
    readonly term: Term;
    readonly lost: AbortController;
}

/** How long the lock of a dead process lasts, and how long it takes to give it to the next one. */
export const [EXPIRY_MS, HANDOVER_MS] = [10_000, 500];

export function worldLock(time: WorldTime): WorldLock {
    const terms: Term[] = [];
    const holding: Holding[] = [];
    let waiting: { readonly process: number; readonly take: () => void }[] = [];

    function release(held: Holding): void {
        const index = holding.indexOf(held);
        if (index < 0) return;
        holding.splice(index, 1);
        held.term.toMs = Math.min(held.term.toMs, time.now());
        time.at(time.now() + HANDOVER_MS, give);
    }

    function lose(held: Holding): void {
        held.lost.abort();
        release(held);
    }

    function give(): void {
        if (holding.length === 0) waiting.shift()?.take();
    }

    function hold(process: number): { readonly lost: AbortSignal; end(): Promise<void> } {
        const held: Holding = { term: { process, fromMs: time.now(), toMs: Infinity }, lost: new AbortController() };
        holding.push(held);
        terms.push(held.term);
        return { lost: held.lost.signal, end: async () => release(held) };
    }

    return {
        terms,
        isLeading: (process) => holding.some(({ term }) => term.process === process),
        lose() {
            for (const held of [...holding]) lose(held);
        },
        double(forMs) {
            if (holding.length === 1) waiting.shift()?.take();
            const second = holding[1];
            if (second !== undefined) time.at(time.now() + forMs, () => lose(second));
        },
        abandon(process) {
            waiting = waiting.filter((each) => each.process !== process);
            for (const held of holding.filter(({ term }) => term.process === process)) {
                held.term.toMs = time.now();
                time.at(time.now() + EXPIRY_MS, () => release(held));
            }
        },
        leadershipOf: (process) => ({
            name: "the world's lock",
            async close() {},
            lead: (signal) =>
                new Promise((resolve, reject) => {
                    const entry = { process, take: () => resolve(hold(process)) };
                    signal.addEventListener(
                        "abort",
                        () => {
                            waiting = waiting.filter((each) => each !== entry);
                            reject(signal.reason);
                        },
                        { once: true },
                    );
                    waiting.push(entry);
                    time.at(time.now(), give);
                }),
        }),
    };
}
