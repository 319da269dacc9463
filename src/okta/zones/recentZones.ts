import type { WholeZones } from "./wholeZones";
import type { Zone, ZoneStore } from "./zones";

/** The longest that a reading is used again, in milliseconds. */
const MAX_AGE_MS = 15_000;

/** Two stores of the same zones, and a way to read that asks Okta only once for several readers. */
export interface RecentZones {
    readonly zones: ZoneStore;
    readonly wholes: WholeZones;
    /** As `zones` read it last, or reads it now: at most 15 seconds old, and never older than a write of these stores. */
    readonly recent: Pick<ZoneStore, "read">;
}

/**
 * Keeps what the stores read for a short time. A deployment looks at a zone for its settings, for its gateways and for what
 * is to change, all within seconds. Whoever is about to write reads by `zones` or `wholes`, which always ask Okta.
 */
export function recentZones(stores: Omit<RecentZones, "recent">, elapsedMs: () => number): RecentZones {
    const readings = new Map<string, { readonly atMs: number; readonly zone: Promise<Zone> }>();

    function read(zoneId: string, signal: AbortSignal): Promise<Zone> {
        const zone = stores.zones.read(zoneId, signal);
        const reading = { atMs: elapsedMs(), zone };
        readings.set(zoneId, reading);
        zone.catch(() => readings.get(zoneId) === reading && readings.delete(zoneId));
        return zone;
    }

    return {
        zones: {
            read,
            async write(zone, gateways, signal) {
                readings.delete(zone.id);
                return stores.zones.write(zone, gateways, signal).finally(() => readings.delete(zone.id));
            },
        },
        wholes: {
            ...stores.wholes,
            async change(zone, change, signal) {
                readings.delete(zone.id);
                return stores.wholes.change(zone, change, signal).finally(() => readings.delete(zone.id));
            },
        },
        recent: {
            async read(zoneId, signal) {
                const known = readings.get(zoneId);
                return known !== undefined && elapsedMs() - known.atMs < MAX_AGE_MS ? known.zone : read(zoneId, signal);
            },
        },
    };
}
