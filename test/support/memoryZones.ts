import { formatSpan, parseSpan } from "../../src/core/addresses/ip";
import { fail } from "../../src/core/errors/errors";
import type { Zone, ZoneStore } from "../../src/okta/zones/zones";
import type { SeedZone } from "../okta/zones/contract";

export interface MemoryZones extends ZoneStore {
    /** Every write that was carried out, oldest first; those of strangers too. */
    readonly writes: readonly Written[];
    /** What was asked, in order: `read nzo1`, `write nzo1`. */
    readonly calls: readonly string[];
    /** What becomes of the writes to come, one fate each; then everything goes well again. */
    readonly fates: Fate[];
    /** Whether Okta answers at all. */
    isDown: boolean;
    remove(zoneId: string): void;
    /** Puts a zone there, or back there. */
    put(seed: SeedZone): void;
}

export interface Written {
    readonly zoneId: string;
    readonly gateways: readonly string[];
}

/**
 * What becomes of one write.
 *
 *   outcome      carried out   the caller gets
 *   answered     yes           nothing more
 *   unanswered   yes           okta-unreachable
 *   lost         no            okta-unreachable
 *   refused      no            okta-refused
 */
export interface Fate {
    /** @default "answered" */
    readonly outcome?: "answered" | "unanswered" | "lost" | "refused";
    /** So many reads that follow still show the zone as it was. @default 0 */
    readonly staleReads?: number;
    /** Somebody else replaces the gateways with these right after it. @default nobody */
    readonly foreign?: readonly string[];
    /** Okta answers nothing more after it. @default false */
    readonly thenDown?: boolean;
}

/** An Okta with these zones in it. It keeps the contract that real stores keep. */
export function memoryZones(seed: readonly SeedZone[]): MemoryZones {
    const entryOf = (zone: SeedZone) => [zone.id, { zone: zoneOf(zone), seed: zone }] as const;
    const zones = new Map(seed.map(entryOf));
    const stale = new Map<string, { readonly zone: Zone; left: number }>();
    const writes: Written[] = [];
    const calls: string[] = [];
    const fates: Fate[] = [];

    function open(call: string, zoneId: string, signal: AbortSignal): Zone {
        signal.throwIfAborted();
        calls.push(`${call} ${zoneId}`);
        if (store.isDown) fail("okta-unreachable", `${call} ${zoneId}: a test took Okta down`);
        const { zone, seed } = zones.get(zoneId) ?? fail("zone-missing", `${call} ${zoneId}: no such zone`);
        if (seed.system === true || seed.type === "DYNAMIC") fail("zone-unfit", `zone "${zone.name}" holds no grants`);
        return zone;
    }

    /** The whole zone is replaced, as Okta does it. */
    function put({ id, name, usage, status, proxies }: Zone, gateways: readonly string[]): void {
        const entry = zones.get(id) ?? fail("zone-missing", `no zone ${id}`);
        const seed = { ...entry.seed, name, usage, status, proxies };
        zones.set(id, { seed, zone: zoneOf({ ...seed, gateways }) });
        writes.push({ zoneId: id, gateways });
    }

    const store: MemoryZones = {
        writes,
        calls,
        fates,
        isDown: false,
        remove: (zoneId) => void zones.delete(zoneId),
        put: (zone) => void zones.set(...entryOf(zone)),
        async read(zoneId, signal) {
            const zone = open("read", zoneId, signal);
            const old = stale.get(zoneId);
            if (old === undefined || old.left === 0) return zone;
            old.left -= 1;
            return old.zone;
        },
        async write(zone, gateways, signal) {
            const { id } = zone;
            const before = open("write", id, signal);
            if (gateways.length === 0) fail("bad-range", `zone ${id}: a test would have emptied it`);
            const { outcome = "answered", staleReads = 0, foreign, thenDown = false } = fates.shift() ?? {};
            if (outcome === "refused") fail("okta-refused", `write ${id}: a test refused it`);
            if (outcome !== "lost") put(zone, gateways);
            if (foreign !== undefined) put(zone, foreign);
            stale.set(id, { zone: before, left: staleReads });
            store.isDown = thenDown;
            if (outcome !== "answered") fail("okta-unreachable", `write ${id}: a test lost it`);
            return { status: 200, requestId: `request-${writes.length}` };
        },
    };
    return store;
}

function zoneOf(seed: SeedZone): Zone {
    const { id, name, usage = "POLICY", status = "ACTIVE", gateways = [], proxies = [] } = seed;
    const lists = { gateways: gateways.map(canonical), proxies: proxies.map(canonical) };
    return { id, name, usage, status, ...lists, document: { ...seed } };
}

function canonical(text: string): string {
    const { span } = parseSpan(text, "clear");
    return span === undefined ? text : formatSpan(span);
}
