import { hostname } from "node:os";
import { resolve } from "node:path";

import type { Clock } from "../../clock";
import { isOfOtherZones, type MemoryStore } from "../../core/membership/memory";
import type { AgentSettings } from "../../core/settings/agentSettings";
import { type MemoryFile, memoryFile } from "../../memoryFile";

export interface AgentMemorySettings {
    /** The folder of the membership. */
    readonly state: string;
    readonly zones: readonly string[];
}

export interface AgentMemoryOptions {
    /** The folder that `state` is relative to. */
    readonly directory: string;
    readonly clock: Pick<Clock, "now" | "elapsedMs">;
    /** Receives warnings, each a sentence. */
    readonly onWarning: (sentence: string) => void;
    /** `read`: for a look that leaves everything as it is. @default "write" */
    readonly mode?: "read" | "write";
}

/**
 * The memory of an agent in its state folder: `grants.json`, and `standby.json` for what it read while another agent
 * led. Agents that share the folder by the lock file take over what the leader left, and keep no `standby.json`.
 *
 * A memory of other zones belongs to another membership: its grants admit nobody here.
 */
export function agentMemory(
    { state, zones, leader }: Pick<AgentSettings, "leader"> & AgentMemorySettings,
    { directory, clock, onWarning, mode = "write" }: AgentMemoryOptions,
): MemoryStore {
    const common = { clock, onSetAside: onWarning, mode };
    const grants = memoryFile({ ...common, path: resolve(directory, state, "grants.json") });
    // Agents of several hosts may have the same volume: two that stand by may write at one moment.
    const standby = memoryFile({ ...common, path: resolve(directory, state, "standby.json"), writer: hostname() });
    const store = isFolderShared({ leader }) ? grants : withStandby(grants, standby);
    return {
        ...store,
        async read() {
            const remembered = await store.read();
            if (remembered === undefined || !isOfOtherZones(remembered.memory, zones)) return remembered;
            const others = Object.keys(remembered.memory.unknown).join(", ");
            onWarning(`${state} remembers the grants of other zones (${others}), which are not used here`);
            return undefined;
        },
    };
}

/** Agents that ask for the lead by a file in the state folder share that folder. */
export function isFolderShared({ leader }: Pick<AgentSettings, "leader">): boolean {
    return leader.type === "file" && leader.path === undefined;
}

/**
 * Two files: one of the agent that leads, and one of the agent that stands by, which names the copy of the first one
 * that it goes on from. It counts for as long as that copy is there, whatever the clocks say: an agent that has led
 * since, on this host or on another one with the same volume, has written the first file again.
 */
export function withStandby(leading: MemoryFile, standby: MemoryFile): MemoryStore {
    return {
        async read() {
            const [led, heard] = [await leading.read(), await standby.read()];
            if (heard === undefined || heard.follows !== led?.copy) return led;
            const { source, readAtMs, memory } = heard;
            return { source, readAtMs, memory, ...(led?.copy !== undefined && { copy: led.copy }) };
        },
        write: (remembered) => leading.write(remembered),
        async writeStandby(remembered, follows) {
            await standby.write(remembered, follows);
        },
    };
}
