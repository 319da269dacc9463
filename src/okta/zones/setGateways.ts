import { parseSpan } from "../../core/addresses/ip";
import { sameAddresses } from "../../core/addresses/spans";
import { fail, hasCode } from "../../core/errors/errors";
import type { Zone, ZoneStore } from "./zones";

export interface SetGatewaysOptions {
    readonly zones: ZoneStore;
    /** As it was just read. */
    readonly zone: Zone;
    /** Canonical ranges; never none. */
    readonly gateways: readonly string[];
    readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
    readonly signal: AbortSignal;
}

/** How often a write is sent whose fate stayed open. */
const WRITES = 3;

/** How long to wait before each look at a zone that still shows its old gateways. */
const LOOKS_MS = [0, 250, 500, 1000, 2000];

/**
 * Makes the gateways of a zone this list, with one write, and makes sure of it.
 *
 *   after the write   the zone shows     then
 *   200               the new list       done
 *   200               the old list       a stale read: look again, for four seconds at most
 *   200               a third list       somebody else wrote: `write-unverified`
 *   no answer         the new list       done: only the answer was lost
 *   no answer         the old list       write again; a zone's PUT may be repeated
 *   no answer         a third list       somebody else wrote: `write-unverified`
 *   refused           -                  the refusal is thrown, the zone is as it was
 *
 * A zone that already holds these addresses is not written.
 *
 * @returns the zone as it was read last
 * @throws `write-unverified`, and what reading and writing throw
 */
export async function setGateways(options: SetGatewaysOptions): Promise<Zone> {
    const { zones, gateways, signal } = options;
    let { zone } = options;
    if (holds(zone, gateways)) return zone;
    for (let writes = 1; ; writes++) {
        const failure = await zones.write(zone, gateways, signal).then(
            () => undefined,
            (error: unknown) => error,
        );
        if (failure !== undefined && !hasCode(failure, "okta-unreachable")) throw failure;
        const seen = await look(options, failure === undefined ? LOOKS_MS : [0]);
        if (holds(seen, gateways)) return seen;
        if (!holds(seen, zone.gateways)) return complain(seen, "shows what neither we nor its last reader put there");
        if (failure === undefined) return complain(seen, "still shows its old gateways");
        if (writes === WRITES) throw failure;
        zone = seen;
    }
}

/** Reads the zone until it shows something else than before, or the looks are used up. */
async function look({ zones, zone, sleep, signal }: SetGatewaysOptions, waitsMs: readonly number[]): Promise<Zone> {
    let seen = zone;
    for (const waitMs of waitsMs) {
        if (waitMs > 0) await sleep(waitMs, signal);
        seen = await zones.read(zone.id, signal);
        if (!holds(seen, zone.gateways)) break;
    }
    return seen;
}

function complain({ id, name, gateways }: Zone, what: string): never {
    return fail(
        "write-unverified",
        `after the write, zone "${name}" (${id}) ${what}: ${gateways.join(", ") || "none"}. ` +
            "Stop every other writer of this zone, then run again.",
    );
}

/** Whether the zone has just these addresses; spelling and order mean nothing. What is not IPv4 is compared as text. */
export function holds({ gateways: actual }: Pick<Zone, "gateways">, gateways: readonly string[]): boolean {
    const spansIn = (texts: readonly string[]) => texts.flatMap((text) => parseSpan(text, "clear").span ?? []);
    const others = (texts: readonly string[]) => texts.filter((text) => parseSpan(text, "clear").span === undefined);
    const isSameText = JSON.stringify(others(gateways).sort()) === JSON.stringify(others(actual).sort());
    return isSameText && sameAddresses(spansIn(gateways), spansIn(actual));
}
