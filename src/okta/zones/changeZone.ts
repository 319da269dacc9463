import { type CodedError, coded } from "../../core/errors/errors";
import { holds } from "./setGateways";
import { writeAndVerify } from "./verifiedWrite";
import type { OrgZones, Zone, ZoneChange } from "./zones";

export interface ChangeZoneOptions {
    readonly zones: Pick<OrgZones, "readAny" | "change">;
    readonly zoneId: string;
    readonly change: ZoneChange;
    readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
    readonly signal: AbortSignal;
}

/** The most writes, if answers are lost or another writer undoes the change. */
const WRITES = 3;

/**
 * Changes the settings of a zone and keeps its gateways: Okta replaces the whole zone, so each write contains
 * the gateways of the read just before it, and none from a stack's state.
 *
 *   the zone shows                then
 *   the change, before a write    done: it is not written
 *   the change, after a write     done; gateways that differ now are another writer's, and newer
 *   not the change, after a 200   a stale read: read again, for four seconds at most; then another
 *                                 writer has restored its own version of the zone: read, and write again
 *   not the change, no answer     write again
 *
 * What another writer adds between the read and the write, the time of one request, is overwritten: Okta
 * has no conditional write. That writer notices when it verifies its own write (see setGateways).
 *
 * @returns the zone as it was read last
 * @throws `write-unverified` after three writes, and what reading and writing throw
 */
export async function changeZone(options: ChangeZoneOptions): Promise<Zone> {
    const { zones, zoneId, change, sleep, signal } = options;
    let zone = await zones.readAny(zoneId, signal);
    for (let writes = 1; !shows(zone, change); writes++) {
        const before = zone;
        const { seen, lost } = await writeAndVerify({
            write: () => zones.change(before, change, signal),
            read: () => zones.readAny(zoneId, signal),
            isSettled: (now) => shows(now, change),
            ...{ sleep, signal },
        });
        zone = seen;
        if (writes < WRITES || shows(zone, change)) continue;
        throw lost ?? unverified(zone);
    }
    return zone;
}

function unverified({ id, name }: Zone): CodedError {
    const message = `after ${WRITES} writes, zone "${name}" (${id}) does not show what was written.`;
    return coded("write-unverified", `${message} Stop every other writer of this zone, then run again.`);
}

/** Whether the zone shows the change; spelling and order of addresses are ignored. */
export function shows(zone: Zone, { gateways, proxies, ...rest }: ZoneChange): boolean {
    const isSame = (list: readonly string[], wanted: readonly string[] | undefined) =>
        wanted === undefined || holds({ gateways: list }, wanted);
    const plain = Object.entries(rest) as [keyof typeof rest, string | undefined][];
    return (
        plain.every(([key, value]) => value === undefined || zone[key] === value) &&
        isSame(zone.gateways, gateways) &&
        isSame(zone.proxies, proxies)
    );
}
