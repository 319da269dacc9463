import type { Grant } from "../../src/core/grants/grants";
import { type Memory, NO_MEMORY, type Remembered } from "../../src/core/membership/memory";
import { NOW } from "./grants";

export interface RememberedOptions extends Partial<Memory> {
    /** Ids of the zones that were met before. @default nzo1 */
    readonly zones?: readonly string[];
    /** @default that of memorySource */
    readonly source?: string;
    /** @default a minute before NOW */
    readonly readAtMs?: number;
}

/** The memory of a membership with these known grants. */
export function remembered(grants: readonly Grant[], options: RememberedOptions = {}): Remembered {
    const { zones = ["nzo1"], source = "memory", readAtMs = NOW - 60_000, ...more } = options;
    const unknown = Object.fromEntries(zones.map((id) => [id, []]));
    return { source, readAtMs, memory: { ...NO_MEMORY, grants, unknown, ...more } };
}
