import { parseSpan } from "../../core/addresses/ip";
import { sameAddresses } from "../../core/addresses/spans";
import { fail } from "../../core/errors/errors";
import { writeAndVerify } from "./verifiedWrite";
import type { Zone, ZoneStore } from "./zones";

export interface SetGatewaysOptions {
    readonly zones: ZoneStore;
    /** As it was just read. */
    readonly zone: Zone;
    /** Canonical ranges; never empty. */
    readonly gateways: readonly string[];
    readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
    readonly signal: AbortSignal;
}

/** The most writes, if answers are lost. */
const WRITES = 3;

/**
 * Sets the gateways of a zone with one write, and verifies it.
 *
 *   after the write   the zone shows     then
 *   200               the new list       done
 *   200               the old list       a stale read: read again, for four seconds at most
 *   200               a third list       another writer wrote: `write-unverified`
 *   no answer         the new list       done: only the answer was lost
 *   no answer         the old list       write again; a zone's PUT may be repeated
 *   no answer         a third list       another writer wrote: `write-unverified`
 *   refused           -                  the refusal is thrown, the zone is as it was
 *
 * A zone that already holds these addresses is not written.
 *
 * @returns the zone as it was read last
 * @throws `write-unverified`, and what reading and writing throw
 */
export async function setGateways(options: SetGatewaysOptions): Promise<Zone> {
    const { zones, gateways, sleep, signal } = options;
    let { zone } = options;
    if (holds(zone, gateways)) return zone;
    for (let writes = 1; ; writes++) {
        const before = zone;
        const { seen, lost } = await writeAndVerify({
            write: () => zones.write(before, gateways, signal),
            read: () => zones.read(before.id, signal),
            isSettled: (now) => !holds(now, before.gateways),
            ...{ sleep, signal },
        });
        if (holds(seen, gateways)) return seen;
        if (!holds(seen, before.gateways)) return complain(seen, "shows what neither we nor its last reader put there");
        if (lost === undefined) return complain(seen, "still shows its old gateways");
        if (writes === WRITES) throw lost;
        zone = seen;
    }
}

function complain({ id, name, gateways }: Zone, what: string): never {
    return fail(
        "write-unverified",
        `after the write, zone "${name}" (${id}) ${what}: ${gateways.join(", ") || "none"}. ` +
            "Stop every other writer of this zone, then run again.",
    );
}

/**
 * Whether the zone contains exactly these addresses; spelling and order are ignored. What is not IPv4 is compared as
 * text.
 */
export function holds({ gateways: actual }: Pick<Zone, "gateways">, gateways: readonly string[]): boolean {
    const spansIn = (texts: readonly string[]) => texts.flatMap((text) => parseSpan(text, "clear").span ?? []);
    const others = (texts: readonly string[]) => texts.filter((text) => parseSpan(text, "clear").span === undefined);
    const isSameText = JSON.stringify(others(gateways).sort()) === JSON.stringify(others(actual).sort());
    return isSameText && sameAddresses(spansIn(gateways), spansIn(actual));
}
