import { fail } from "../core/errors/errors";
import { type Entries, gatewaysOf } from "../core/membership/entries";
import { difference } from "../core/membership/plan";
import { SENTINEL } from "../core/zones/zone";
import type { Zone } from "../okta/zones/zones";
import { writePlan } from "../reconcile";
import { DEADLINE_MS, unlessGone } from "./outcome";
import type { MembershipWorld } from "./world";

/** Reads and writes the zones of memberships. */
export interface MembershipZones {
    read(zoneId: string): Promise<Zone>;
    /** Makes the gateways of zones equal to the entries that check decided. */
    write(zoneIds: readonly string[], entries: Entries): Promise<void>;
    /** Leaves only the sentinel in zones that no longer belong to a membership; a zone that was deleted needs nothing. */
    release(zoneIds: readonly string[]): Promise<void>;
}

export function membershipZones(
    world: () => Pick<MembershipWorld, "zones" | "recent" | "lock" | "clock">,
): MembershipZones {
    async function write(zoneIds: readonly string[], entries: Entries): Promise<void> {
        const { zones, lock, clock } = world();
        await lock(zoneIds, async () => {
            const reading = AbortSignal.timeout(DEADLINE_MS);
            const actual = await Promise.all(zoneIds.map((id) => zones.read(id, reading)));
            const plans = actual.map((zone) => difference(zone.id, zone.gateways, gatewaysIn(entries, zone.id)));
            const signal = AbortSignal.timeout(DEADLINE_MS);
            await writePlan({ zones, actual, plan: { zones: plans }, clock, signal });
        });
    }

    return {
        read: (zoneId) => world().recent.read(zoneId, AbortSignal.timeout(DEADLINE_MS)),
        write,
        async release(zoneIds) {
            for (const id of zoneIds) await unlessGone(write([id], { [id]: { [SENTINEL]: {} } }));
        },
    };
}

/** The gateways of a zone as check decided them; never an empty list. */
export function gatewaysIn(entries: Entries, zoneId: string): string[] {
    const gateways = gatewaysOf(entries, [zoneId]).flat();
    return gateways.length > 0
        ? gateways
        : fail("bad-input", `nothing was decided about the zone ${zoneId}: run again`);
}
