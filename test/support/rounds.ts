import type { Grant } from "../../src/core/grants/grants";
import { parseRules, type RulesText } from "../../src/core/membership/rules";
import { zoneLock } from "../../src/okta/zones/zoneLock";
import { type ReconcileOptions, reconcile } from "../../src/reconcile";
import type { SeedZone } from "../okta/zones/contract";
import { fakeClock } from "./fakeClock";
import { NOW } from "./grants";
import { memorySource } from "./memorySource";
import type { MemoryZones } from "./memoryZones";

/** A zone of a store in memory. */
export function zone(id: string, gateways: readonly string[], more: Partial<SeedZone> = {}): SeedZone {
    return { id, name: `Staff ${id}`, gateways, ...more };
}

/** A round over the zone `nzo1` at NOW, with a lock of its own, unless it is told otherwise. */
export function round(
    zones: MemoryZones,
    grants: readonly Grant[],
    more: Partial<ReconcileOptions> & { text?: RulesText } = {},
) {
    const { text = {}, ...options } = more;
    return reconcile({
        source: memorySource(grants),
        zones,
        lock: zoneLock(),
        zoneIds: ["nzo1"],
        rules: parseRules(text),
        clock: fakeClock(NOW),
        signal: new AbortController().signal,
        ...options,
    });
}
