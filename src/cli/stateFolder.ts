import { resolve } from "node:path";

import { readDenials } from "../agent/denials/storedList";
import { systemClock } from "../clock";
import { fail } from "../core/errors/errors";
import type { Denial } from "../core/membership/denials";
import type { MemoryStore } from "../core/membership/memory";
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
