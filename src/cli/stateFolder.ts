import { resolve } from "node:path";

import { readDenials } from "../agent/denials/storedList";
import { systemClock } from "../clock";
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
    return memoryFile({ path: resolve(directory, state, "grants.json"), clock: systemClock, onSetAside: err, mode });
}

/** The denials of an agent with the same folder: they hold whoever writes the zones. */
export function denialsIn(state: string, { directory }: Pick<Terminal, "directory">): Promise<readonly Denial[]> {
    return readDenials(resolve(directory, state, "deny.json"));
}
