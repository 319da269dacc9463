import type { dynamic } from "@pulumi/pulumi";
import { fail } from "../core/errors/errors";
import type { Reading } from "../core/grants/grantsDocument";
import { parseRules, type Rules } from "../core/membership/rules";
import { readAgain } from "../core/membership/stackMemory";
import { holds } from "../okta/zones/setGateways";
import type { Zone } from "../okta/zones/zones";
import { desiredMembership, stateOf } from "./desired";
import { gatewaysIn, type MembershipZones, membershipZones } from "./membershipZones";
import { openOnce } from "./openOnce";
import { checkedInputs, DEADLINE_MS, inOneLine, settled, unlessGone } from "./outcome";
import { perOrg } from "./perOrg";
import { isUnknown, type Membership, type MembershipArgs, plain, sameState } from "./state";
import { connect, type MembershipWorld } from "./world";

export type MembershipProvider = Required<dynamic.ResourceProvider<MembershipArgs, Membership>>;

/**
 * A dynamic provider that makes the gateways of zones equal to the active grants.
 *
 *   check            reads the source and the zones, decides with what the state remembers, and returns the entries of
 *                    the zones as inputs: so the preview shows the change, policies check it, and a saved plan holds it
 *   diff             compares with the state and with the live zones
 *   create, update   write exactly what check decided, where the live zones differ from it
 *   read             reports the live entries, so that drift is a difference, and forgets no known grant
 *   delete           leaves the sentinel
 *
 * A state may have been written by any older version of this file, so a field
 * of `olds` can be missing whatever its type says.
 */
export function membershipProvider(open: (config: dynamic.Config) => MembershipWorld): MembershipProvider {
    const { world, configure } = openOnce(open);
    const zones = membershipZones(world);

    return {
        configure,
        async check(olds, news) {
            const isOpen = isUnknown(news.source) || isUnknown(news.staticGateways);
            if (!Array.isArray(news.zoneIds) || isOpen) return { inputs: news };
            return checkedInputs(async () => plain(await resolve(world(), zones, olds as Partial<Membership>, news)));
        },
        async diff(_id, olds, inputs) {
            const news = inputs as Membership;
            if (isUnknown(news.zoneIds) || news.entries === undefined) return { changes: true };
            const { written: _, ...before } = olds;
            if (!sameState(before, news)) return { changes: true };
            const live = await inOneLine(() => Promise.all(news.zoneIds.map(zones.read)));
            return { changes: live.some((zone) => !holds(zone, gatewaysIn(news.entries, zone.id))) };
        },
        async create(inputs) {
            const outs = { ...(inputs as Membership), written: true } as const;
            const id = outs.zoneIds[0] ?? fail("bad-input", "a membership needs at least one zone");
            await inOneLine(() => settled(id, outs, zones.write(outs.zoneIds, outs.entries)));
            return { id, outs };
        },
        async read(id, props) {
            const zoneIds = props?.zoneIds ?? [id];
            const live = await inOneLine(() => Promise.all(zoneIds.map((zoneId) => unlessGone(zones.read(zoneId)))));
            const there = live.filter((zone) => zone !== undefined);
            if (there.length === 0) return {};
            const { missing: _, written: __, ...known } = { ...EMPTY, ...props };
            const found: Membership = plain({ ...known, zoneIds, ...readAgain(stateOf(props ?? {}), there) });
            return { id, props: { ...found, written: true }, inputs: found };
        },
        async update(id, olds, inputs) {
            const outs = { ...(inputs as Membership), written: true } as const;
            await inOneLine(async () => {
                await settled(id, outs, zones.write(outs.zoneIds, outs.entries));
                await zones.release((olds.zoneIds ?? []).filter((zoneId) => !outs.zoneIds.includes(zoneId)));
            });
            return { outs };
        },
        async delete(_id, props) {
            await inOneLine(() => zones.release(props.zoneIds ?? []));
        },
    };
}

/** Decides the membership by the grants and the zones as they are now, and prints what changes. */
async function resolve(
    world: MembershipWorld,
    { read }: MembershipZones,
    olds: Partial<Membership>,
    news: MembershipArgs,
): Promise<Membership> {
    const rules = parseRules(news);
    const reading = await readGrants(world, news.source, rules);
    const zones = await Promise.all(news.zoneIds.map((id) => (isUnknown(id) ? undefined : read(id))));
    const nowMs = world.clock.now();
    const { membership, says } = desiredMembership({ olds, news, rules, reading, zones, nowMs });
    for (const line of says) world.tell(`${nameOf(zones)}: ${line}`);
    return membership;
}

/** Without a source there are only static gateways. */
async function readGrants(world: MembershipWorld, source: unknown, rules: Rules): Promise<Reading> {
    if (source === undefined) return { grants: [], unusable: [] };
    const { widestPrefix, allowUnroutable } = rules;
    const grants = world.openSource(source, { widestPrefix, allowUnroutable });
    return grants.read(AbortSignal.timeout(DEADLINE_MS)).finally(() => grants.close?.());
}

/** How messages name a membership: by its first zone. */
function nameOf([first]: readonly (Zone | undefined)[]): string {
    return first === undefined ? "The new zone" : `Zone "${first.name}"`;
}

const EMPTY: Omit<Membership, "zoneIds" | "entries"> = { refused: [], unusable: [] };

/** Loaded by ./entries.cjs. */
export const provider = perOrg(() => membershipProvider(connect));
