import type { dynamic } from "@pulumi/pulumi";

import { fail } from "../core/errors/errors";
import { type DecidingZone, judgeLockOut } from "../core/judging/lockOut";
import { difference } from "../core/membership/plan";
import {
    findSystemZone,
    inOrder,
    parseSystemZone,
    SYSTEM_IP_ZONES,
    type SystemZoneArgs,
} from "../core/settings/systemZones";
import { changeZone } from "../okta/zones/changeZone";
import { isSystem } from "../okta/zones/zoneBody";
import type { Zone, ZoneChange } from "../okta/zones/zones";
import { openOnce } from "./openOnce";
import { checkedInputs, DEADLINE_MS, inOneLine, settled } from "./outcome";
import { perOrg } from "./perOrg";
import { isUnknown, plain, sameState } from "./state";
import { connect, type World } from "./world";

export interface SystemZoneInputs extends SystemZoneArgs {
    /** Whether the change may lock out addresses that another zone admits. */
    readonly mayShutOut: boolean;
}

/** Plain JSON, as Pulumi keeps it in the stack's state. */
export interface SystemZone extends SystemZoneInputs {
    /** As the zone was before the first write, in Okta's own spelling. */
    readonly found?: Found;
}

interface Found {
    readonly name: string;
    readonly gateways: readonly string[];
    readonly proxies: readonly string[];
}

export type SystemZoneProvider = Required<dynamic.ResourceProvider<SystemZoneInputs, SystemZone>>;

type SystemZoneWorld = Pick<World, "zones" | "lock" | "clock" | "tell">;

/**
 * A dynamic provider for the contents of a zone that every org has, which is never created and never deleted.
 *
 *   check            refuses what the zone cannot contain, and a lock-out; prints how many entries are added and removed
 *   create           remembers the zone as it was found, checks again, and writes it
 *   update           checks again, and writes it
 *   read             reports it as it is
 *   delete           restores it as it was found
 */
export function systemZoneProvider(open: (config: dynamic.Config) => World): SystemZoneProvider {
    const { world, configure } = openOnce(open);

    return {
        configure,
        async check(_olds, news) {
            if (Object.values(news).some(isUnknown)) return { inputs: news };
            return checkedInputs(async () => {
                const inputs = plain(parseSystemZone(news));
                printChange(world(), inputs, await findChecked(world(), inputs));
                return inputs;
            });
        },
        async diff(_id, { found: _, ...olds }, news) {
            return { changes: Object.values(news).some(isUnknown) || !sameState(olds, news) };
        },
        async create(inputs) {
            return inOneLine(async () => {
                const zone = findSystemZone(inputs.kind, (await world().zones.listIp(deadline())).map(listed));
                const outs = { ...inputs, found: foundAs(zone) };
                await settled(zone.id, outs, writeChecked(world(), inputs));
                return { id: zone.id, outs };
            });
        },
        async read(id, props) {
            if (props === undefined) return fail("bad-input", "a default zone is declared, and never imported");
            const zone = await inOneLine(() => world().zones.readAny(id, deadline()));
            const { found, ...inputs } = { ...props, ...liveAs(zone, props) };
            return { id, props: plain({ ...inputs, found: found ?? foundAs(zone) }), inputs: plain(inputs) };
        },
        async update(id, { found }, inputs) {
            const outs = { ...inputs, ...(found && { found }) };
            await inOneLine(() => settled(id, outs, writeChecked(world(), inputs)));
            return { outs };
        },
        async delete(id, { found }) {
            if (found !== undefined) await inOneLine(() => write(world(), id, found));
        },
    };
}

function deadline(): AbortSignal {
    return AbortSignal.timeout(DEADLINE_MS);
}

/** The zone as it is. @throws `bad-input` if its new contents would lock users out */
async function findChecked(world: SystemZoneWorld, inputs: SystemZoneInputs): Promise<Zone> {
    const zones = await world.zones.listIp(deadline());
    const zone = findSystemZone(inputs.kind, zones.map(listed));
    const after = zones.map((each) => (each.id === zone.id ? { ...each, gateways: inputs.gateways } : each));
    const problem = inputs.mayShutOut ? undefined : judgeLockOut(zones.map(deciding), after.map(deciding));
    if (problem !== undefined) fail("bad-input", `${inputs.kind}: ${problem}; if that is meant, set mayShutOut`);
    return zone;
}

function printChange({ tell }: SystemZoneWorld, { kind, gateways }: SystemZoneInputs, zone: Zone): void {
    const { add, remove } = difference(zone.id, zone.gateways, gateways);
    if (add.length + remove.length === 0) return;
    const [come, go] = [add.length === 1 ? "comes" : "come", remove.length === 1 ? "goes" : "go"];
    tell(`${kind}: ${add.length} ${come} in, ${remove.length} ${go} out`);
}

async function write({ zones, clock }: SystemZoneWorld, id: string, change: ZoneChange): Promise<void> {
    await changeZone({ zones, zoneId: id, change, sleep: clock.sleep, signal: deadline() });
}

/** One zone at a time, each checked again: two changes of one deployment may lock users out only together. */
function writeChecked(world: SystemZoneWorld, inputs: SystemZoneInputs): Promise<void> {
    return world.lock(SYSTEM_IP_ZONES, async () => {
        const { id } = await findChecked(world, inputs);
        await write(world, id, changeOf(inputs));
    });
}

function changeOf({ gateways, name, proxies }: SystemZoneInputs): ZoneChange {
    return { gateways, ...(name !== undefined && { name }), ...(proxies !== undefined && { proxies }) };
}

/** The live values of the properties that the program declares. */
function liveAs(zone: Zone, { name, proxies }: Partial<SystemZoneInputs>): ZoneChange {
    return {
        gateways: inOrder(zone.gateways),
        ...(name !== undefined && { name: zone.name }),
        ...(proxies !== undefined && { proxies: inOrder(zone.proxies) }),
    };
}

function foundAs({ name, document }: Zone): Found {
    return { name, gateways: valuesOf(document.gateways), proxies: valuesOf(document.proxies) };
}

function valuesOf(list: unknown): string[] {
    return Array.isArray(list) ? list.map(({ value }: { value: string }) => value) : [];
}

function listed(zone: Zone): Zone & { readonly isSystem: boolean } {
    return { ...zone, isSystem: isSystem(zone) };
}

function deciding(zone: Zone): DecidingZone {
    const { name, usage, status, gateways } = zone;
    return { name, usage, status, gateways, isExempt: isSystem(zone) && name === "DefaultExemptIpZone" };
}

/** Loaded by ./entries.cjs. */
export const provider = perOrg(() => systemZoneProvider(connect));
