import type { FullSeed } from "../seed";
import { byId } from "../state/byId";
import { without } from "../state/document";
import type { Nursery } from "../state/nursery";
import type { Org, Zone } from "../state/org";
import { SYSTEM_ZONES } from "./system";

type ZoneSeed = FullSeed["zones"][number];

/** The zones that every organisation has, and those of the seed. What a seed says is taken as it is, unchecked. */
export function freshZones(nursery: Nursery): Pick<Org, "zones" | "systemZones"> {
    const { zones: seeds } = nursery.seed;
    const system = Object.entries(SYSTEM_ZONES).map(([name, { type, usage, content, status = "ACTIVE" }]) => {
        const seed = seeds.find((zone) => zone.name === name);
        return zoneFrom({ name, type, usage, status, ...content, ...seed, system: true }, nursery);
    });
    const others = seeds.filter(({ name }) => !(name in SYSTEM_ZONES)).map((zone) => zoneFrom(zone, nursery));
    return {
        zones: byId(
            "zones",
            [...system, ...others].map((zone) => [zone.id, zone]),
        ),
        systemZones: new Map(system.map(({ id, name }) => [id, name])),
    };
}

function zoneFrom(seed: ZoneSeed & { readonly system?: unknown }, { ids, now }: Nursery): Zone {
    const { type, name, status = "ACTIVE", usage = "POLICY" } = seed;
    const text = (field: string, otherwise: string) => (typeof seed[field] === "string" ? seed[field] : otherwise);
    const shared = {
        type,
        id: seed.id ?? ids.id("nzo"),
        name,
        status,
        usage,
        created: text("created", now),
        lastUpdated: text("lastUpdated", now),
        system: seed.system === true,
    };
    const addresses = type === "IP" ? { gateways: listOf(seed.gateways), proxies: listOf(seed.proxies) } : {};
    return { ...shared, ...without(seed, ...Object.keys(shared), ...Object.keys(addresses), "_links"), ...addresses };
}

function listOf<T>(list: readonly T[] | null | undefined): readonly T[] | null {
    return list === undefined || list === null || list.length === 0 ? null : list;
}
