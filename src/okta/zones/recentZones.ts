import type { OrgZones, Zone, ZoneStore } from "./zones";

/** The longest that a read is reused, in milliseconds. */
const MAX_AGE_MS = 15_000;

/** The zones of an org, and cached reads of them. */
export interface RecentZones {
    readonly zones: OrgZones;
    /**
     * The latest read of `zones`, or a new one: at most 15 seconds old, and never older than a write through `zones`.
     */
    readonly recent: Pick<ZoneStore, "read">;
}

/**
 * Caches reads for a short time. A deployment reads a zone for its settings, for its gateways and for the preview, all
 * within seconds. Before a write, read from `zones`, which always sends a request.
 */
export function recentZones(zones: OrgZones, elapsedMs: () => number): RecentZones {
    const readings = new Map<string, { readonly atMs: number; readonly zone: Promise<Zone> }>();

    function read(zoneId: string, signal: AbortSignal): Promise<Zone> {
        const zone = zones.read(zoneId, signal);
        const reading = { atMs: elapsedMs(), zone };
        readings.set(zoneId, reading);
        zone.catch(() => readings.get(zoneId) === reading && readings.delete(zoneId));
        return zone;
    }

    /** A read that began before the end of a write may show the zone of before. */
    async function written<T>(zoneId: string, write: () => Promise<T>): Promise<T> {
        readings.delete(zoneId);
        return write().finally(() => readings.delete(zoneId));
    }

    return {
        zones: {
            ...zones,
            read,
            write: (zone, gateways, signal) => written(zone.id, () => zones.write(zone, gateways, signal)),
            change: (zone, change, signal) => written(zone.id, () => zones.change(zone, change, signal)),
        },
        recent: {
            async read(zoneId, signal) {
                const known = readings.get(zoneId);
                return known !== undefined && elapsedMs() - known.atMs < MAX_AGE_MS ? known.zone : read(zoneId, signal);
            },
        },
    };
}
