import { isDeepStrictEqual } from "node:util";

import type { AgentSettings } from "../core/settings/agentSettings";
import type { RecordEvent } from "./events/events";
import type { OpenMembership } from "./openMembership";

export interface ReloadOptions {
    readonly settings: AgentSettings;
    /** @throws `bad-input` for settings that cannot be used */
    readonly open: (settings: AgentSettings) => OpenMembership;
    /** The configuration as it is now. @throws `bad-input` */
    readonly read: () => Promise<AgentSettings>;
    readonly record: RecordEvent;
    /** Hears what became of a reload, in a sentence. */
    readonly onReloaded: (outcome: "reloaded" | "kept", sentence: string) => void;
}

/** The membership of the configuration of now. */
export interface Reload {
    current(): OpenMembership;
    /** Reads the configuration again. One that cannot be used leaves everything as it is. */
    reload(): Promise<void>;
    /** Keeps the zones, by whichever membership is the current one, see Membership. */
    run(stop: AbortSignal, lost: AbortSignal): Promise<void>;
    /** Keeps up with the source of the current one, see Membership. */
    standBy(signal: AbortSignal): Promise<void>;
    close(): Promise<void>;
}

/** Settings of the process, which a reload cannot change. */
const FIXED = ["listen", "state", "leader", "ledger", "token"] as const;

/** @throws `bad-input` for settings that cannot be used */
export function openReload({ settings: first, open, read, record, onReloaded }: ReloadOptions): Reload {
    let settings = first;
    let current = open(settings);
    let change = new AbortController();
    let replacing: Promise<void> = Promise.resolve();

    /** A zone that Okta does not have would end the agent, and nobody would keep the others. */
    async function opened(next: AgentSettings): Promise<OpenMembership> {
        const membership = open(next);
        try {
            await membership.checkZones(next.zones.filter((id) => !settings.zones.includes(id)));
            return membership;
        } catch (error) {
            await membership.close();
            throw error;
        }
    }

    async function replace(next: AgentSettings): Promise<void> {
        const before = current;
        current = await opened(next);
        const changed = differences(settings, next);
        settings = next;
        change.abort();
        change = new AbortController();
        const ignored = FIXED.filter((key) => !isDeepStrictEqual(next[key], first[key]));
        const rest = ignored.length > 0 ? `; ${ignored.join(", ")} needs a restart` : "";
        const news = changed.join(", ") || "nothing";
        onReloaded("reloaded", `the configuration is read again and in force; different: ${news}${rest}`);
        // An agent that stands by has no ledger open, and what it keeps the zones by is told when it leads.
        await record({ type: "configuration.reloaded", changed }).catch(() => {});
        await before.close();
    }

    /** Work of the current one, whose signal aborts when it is replaced, too. */
    async function untilChange(stop: AbortSignal, work: (end: AbortSignal) => Promise<void>): Promise<void> {
        const end = new AbortController();
        const abort = () => end.abort(stop.reason);
        const changed = change.signal;
        for (const signal of [stop, changed]) signal.addEventListener("abort", abort, { once: true });
        if (stop.aborted || changed.aborted) abort();
        try {
            await work(end.signal);
        } finally {
            for (const signal of [stop, changed]) signal.removeEventListener("abort", abort);
        }
    }

    return {
        current: () => current,
        reload() {
            replacing = replacing.then(async () => {
                try {
                    await replace(await read());
                } catch (error) {
                    const why = error instanceof Error ? error.message : String(error);
                    onReloaded("kept", `the configuration of before stays in force: ${why}`);
                }
            });
            return replacing;
        },
        async run(stop, lost) {
            while (!stop.aborted && !lost.aborted) await untilChange(stop, (end) => current.run(end, lost));
        },
        async standBy(signal) {
            while (!signal.aborted) await untilChange(signal, (end) => current.standBy(end));
        },
        close: () => current.close(),
    };
}

/** The settings that are different, as the file calls them. */
function differences(before: AgentSettings, after: AgentSettings): string[] {
    const [these, those] = [byName(before), byName(after)];
    return Object.keys(those).filter((name) => !isDeepStrictEqual(these[name], those[name]));
}

function byName({ rules, maxStaleMs, pollMs, ...rest }: AgentSettings): Readonly<{ [name: string]: unknown }> {
    const { timeToLive, ...others } = rules;
    const { maxMs, permanent } = timeToLive;
    return { ...rest, maxStale: maxStaleMs, poll: pollMs, ...others, maxTimeToLive: maxMs, permanent };
}
