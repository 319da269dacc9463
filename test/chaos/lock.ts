import type { Leadership } from "../../src/agent/leadership/leadership";
import type { WorldTime } from "./time";
import type { Term } from "./trace";

/** One lock for all agents of a world. It keeps the contract of Leadership, and can be lost. */
export interface WorldLock {
    leadershipOf(process: number): Leadership;
    /** Whoever leads does so no longer. */
    lose(): void;
    /** A process is dead: its lock runs out after a while. */
    abandon(process: number): void;
    holder(): number | undefined;
    readonly terms: readonly Term[];
}

/** How long the lock of a dead process lasts, and how long it takes to give it to the next one. */
export const [EXPIRY_MS, HANDOVER_MS] = [10_000, 500];

export function worldLock(time: WorldTime): WorldLock {
    const terms: Term[] = [];
    let held: { readonly process: number; readonly lost: AbortController; readonly term: Term } | undefined;
    let waiting: { readonly process: number; readonly take: () => void }[] = [];

    function release(process: number): void {
        if (held?.process !== process) return;
        held.term.toMs = Math.min(held.term.toMs, time.now());
        held = undefined;
        time.at(time.now() + HANDOVER_MS, give);
    }

    function give(): void {
        if (held === undefined) waiting.shift()?.take();
    }

    function hold(process: number): { readonly lost: AbortSignal; end(): Promise<void> } {
        const term: Term = { process, fromMs: time.now(), toMs: Infinity };
        const lost = new AbortController();
        held = { process, lost, term };
        terms.push(term);
        return {
            lost: lost.signal,
            async end() {
                if (held?.term === term) release(process);
            },
        };
    }

    return {
        terms,
        holder: () => held?.process,
        lose() {
            if (held === undefined) return;
            const { lost, process } = held;
            lost.abort();
            release(process);
        },
        abandon(process) {
            waiting = waiting.filter((each) => each.process !== process);
            if (held?.process !== process) return;
            held.term.toMs = time.now();
            time.at(time.now() + EXPIRY_MS, () => release(process));
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
