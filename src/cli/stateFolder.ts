import { existsSync } from "node:fs";
import { resolve } from "node:path";

import { readDenials } from "../agent/denials/storedList";
import { systemClock } from "../clock";
import { fail } from "../core/errors/errors";
import type { Denial } from "../core/membership/denials";
import type { MemoryStore } from "../core/membership/memory";
import type { AgentSettings } from "../core/settings/agentSettings";
import { tryHostLock } from "../hostLock";
import { memoryFile } from "../memoryFile";
import type { Terminal } from "./terminal/terminal";

/** The memory that an agent has in the same folder. */
export function memoryIn(
    state: string,
    { directory, err }: Pick<Terminal, "directory" | "err">,
    mode: "read" | "write",
): MemoryStore {
    const path = resolve(directory, state, "grants.json");
    const file = memoryFile({ path, clock: systemClock, onSetAside: err, mode });
    return {
        read: () => file.read(),
        async write(remembered) {
            try {
                return await file.write(remembered);
            } catch (cause) {
                return fail("bad-input", `cannot write ${path}, so no zone was written: ${(cause as Error).message}`, {
                    cause,
                });
            }
        },
    };
}

/** The denials of an agent with the same folder: they apply to every writer of the zones. */
export function denialsIn(state: string, { directory }: Pick<Terminal, "directory">): Promise<readonly Denial[]> {
    return readDenials(resolve(directory, state, "deny.json"));
}

/**
 * Holds the lock that an agent with the same folder leads by, for as long as this run writes.
 *
 * @throws `bad-input` while an agent has it: it goes on by its own memory, and undoes what this run writes
 */
export function keepAgentsAway(
    state: string,
    directory: string,
    path = resolve(directory, state, "leader.lock"),
): Disposable | undefined {
    if (!existsSync(path)) return undefined;
    const lock =
        tryHostLock(path) ??
        fail(
            "bad-input",
            `an agent keeps the folder ${state} and its zones: confirm with POST /api/confirm at the agent, or ` +
                "end it before sync writes; --dry-run shows what sync would do",
        );
    return { [Symbol.dispose]: () => lock.release() };
}

/**
 * As keepAgentsAway, for the lock of a configuration.
 *
 * @throws `bad-input` also where the lead is not a file, so that an agent of another host may have it
 */
export function keepConfiguredAway({ leader, state }: AgentSettings, directory: string): Disposable | undefined {
    if (leader.type === "file") {
        return keepAgentsAway(
            state,
            directory,
            leader.path === undefined ? undefined : resolve(directory, leader.path),
        );
    }
    return fail(
        "bad-input",
        `an agent of another host may lead by ${leader.type}, and would undo what sync writes: add --dry-run or --check`,
    );
}
