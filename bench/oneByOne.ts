import { formatSpan } from "../src/core/addresses/ip";
import type { Grant } from "../src/core/grants/grants";
import type { ZoneStore } from "../src/okta/zones/zones";

/** A grant that came or went. */
export interface Change {
    readonly add?: Grant;
    readonly remove?: Grant;
    /** Which zone it is in, from 0. @default 0 */
    readonly shard?: number;
}

export interface OneByOneOptions {
    readonly zones: ZoneStore;
    readonly zoneIds: readonly string[];
    readonly changes: readonly Change[];
    readonly signal: AbortSignal;
}

/**
 * What a script does that hears of each grant by itself: reads the zone, and
 * writes it with an address more or less. It is told what changed and where
 * that belongs, and verifies nothing, so this is the least that it can ask.
 */
export async function oneByOne({ zones, zoneIds, changes, signal }: OneByOneOptions): Promise<void> {
    for (const { add, remove, shard = 0 } of changes) {
        const zone = await zones.read(zoneIds[shard] ?? "", signal);
        const gone = remove?.spans.map(formatSpan) ?? [];
        const kept = zone.gateways.filter((gateway) => !gone.includes(gateway));
        await zones.write(zone, [...kept, ...(add?.spans.map(formatSpan) ?? [])], signal);
    }
}
