import { ASKING, type Leadership, type Term } from "../../../src/agent/leadership/leadership";

/** A lock in memory that several agents of a test share. */
export interface MemoryLock {
    candidate(name?: string): Leadership;
    /** Takes the lock away from its holder, who is not asked. */
    take(): void;
}

export function memoryLock(): MemoryLock {
    let holder: { readonly lose: () => void } | undefined;
    let waiting: (() => void)[] = [];

    function free(): void {
        holder = undefined;
        const all = waiting;
        waiting = [];
        for (const wake of all) wake();
    }

    async function lead(signal: AbortSignal): Promise<Term> {
        for (;;) {
            signal.throwIfAborted();
            if (holder === undefined) break;
            await new Promise<void>((resolve, reject) => {
                waiting.push(resolve);
                signal.addEventListener("abort", () => reject(signal.reason));
            });
        }
        const lost = new AbortController();
        const own = { lose: () => lost.abort() };
        holder = own;
        return {
            lost: lost.signal,
            async end() {
                if (holder === own) free();
            },
        };
    }

    return {
        candidate(name = "lock in memory") {
            let term: Term | undefined;
            return {
                name,
                lockState: () => (holder === undefined ? ASKING : { kind: "held" }),
                lead: async (signal) => {
                    term = await lead(signal);
                    return term;
                },
                close: async () => term?.end(),
            };
        },
        take() {
            holder?.lose();
            free();
        },
    };
}
