import type { WholeZones } from "./wholeZones";
import type { Zone, ZoneStore } from "./zones";

/** The longest that a read is reused, in milliseconds. */
const MAX_AGE_MS = 15_000;

/** Two stores of the same zones, and a cached read. */
export interface RecentZones {
    readonly zones: ZoneStore;
    readonly wholes: WholeZones;
    /**
     * The latest read of `zones`, or a new one: at most 15 seconds old, and never older than a write through these
     * stores.
     */
    readonly recent: Pick<ZoneStore, "read">;
}

/**
 * Caches reads for a short time. A deployment reads a zone for its settings, for its gateways and for the preview, all
 * within seconds. Before a write, read from `zones` or `wholes`, which always send a request.
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
