import { isDeepStrictEqual } from "node:util";

import type { AgentSettings } from "../core/agentSettings";
import type { OpenMembership } from "./openMembership";

export interface ReloadingOptions {
    readonly settings: AgentSettings;
    /** @throws `bad-input` for settings that cannot be used */
    readonly open: (settings: AgentSettings) => OpenMembership;
    /** The configuration as it is now. @throws `bad-input` */
    readonly read: () => Promise<AgentSettings>;
    /** Hears what became of a reload, in a sentence. */
    readonly onReloaded: (outcome: "reloaded" | "kept", sentence: string) => void;
}

/** The membership of the configuration of now. */
export interface Reloading {
    current(): OpenMembership;
    /** Reads the configuration again. One that cannot be used leaves everything as it is. */
    reload(): Promise<void>;
    /** Keeps the zones, by whichever membership is the current one, see Membership. */
    run(stop: AbortSignal, lost: AbortSignal): Promise<void>;
    close(): Promise<void>;
}

/** Settings of the process, which a reload cannot change. */
const FIXED = ["listen", "state", "leader", "ledger", "token"] as const;

/** @throws `bad-input` for settings that cannot be used */
export function openReloading({ settings, open, read, onReloaded }: ReloadingOptions): Reloading {
    let current = open(settings);
    let change = new AbortController();

    async function replace(next: AgentSettings): Promise<void> {
        const before = current;
        current = open(next);
        change.abort();
        change = new AbortController();
        const ignored = FIXED.filter((key) => !isDeepStrictEqual(next[key], settings[key]));
        const rest = ignored.length > 0 ? `; ${ignored.join(", ")} needs a restart` : "";
        onReloaded("reloaded", `the configuration is read again and in force${rest}`);
        await before.close();
    }

    return {
        current: () => current,
        async reload() {
            try {
                await replace(await read());
            } catch (error) {
                const why = error instanceof Error ? error.message : String(error);
                onReloaded("kept", `the configuration of before stays in force: ${why}`);
            }
        },
        async run(stop, lost) {
            while (!stop.aborted && !lost.aborted) {
                const end = new AbortController();
                const abort = () => end.abort(stop.reason);
                const changed = change.signal;
                for (const signal of [stop, changed]) signal.addEventListener("abort", abort, { once: true });
                if (stop.aborted || changed.aborted) abort();
                try {
                    await current.run(end.signal, lost);
                } finally {
                    for (const signal of [stop, changed]) signal.removeEventListener("abort", abort);
                }
            }
        },
        close: () => current.close(),
    };
}
