import type { dynamic } from "@pulumi/pulumi";
import { fail } from "../core/errors/errors";
import type { Reading } from "../core/grants/grantsDocument";
import { type Entries, gatewaysOf } from "../core/membership/entries";
import { difference } from "../core/membership/plan";
import { parseRules, type Rules } from "../core/membership/rules";
import { readAgain } from "../core/membership/stackMemory";
import { SENTINEL } from "../core/zones/zone";
import { holds } from "../okta/zones/setGateways";
import type { Zone } from "../okta/zones/zones";
import { writePlan } from "../reconcile";
import { desiredMembership, stateOf } from "./desired";
import { openOnce } from "./openOnce";
import { checkedInputs, DEADLINE_MS, inOneLine, settled, unlessGone } from "./outcome";
import { perOrg } from "./perOrg";
import { isUnknown, type Membership, type MembershipArgs, plain, sameState } from "./state";
import { connect, type World } from "./world";

export type MembershipProvider = Required<dynamic.ResourceProvider<MembershipArgs, Membership>>;

type MembershipWorld = Pick<World, "zones" | "recent" | "lock" | "clock" | "tell" | "openSource">;

/**
 * Keeps the gateways of zones equal to the grants that are active now.
 *
 *   check            reads the source and the zones, decides by what the state remembers, and returns the entries of
 *                    the zones as inputs: so the preview shows the change, policies judge it, and a saved plan holds it
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

    function read(zoneId: string): Promise<Zone> {
        return world().recent.read(zoneId, AbortSignal.timeout(DEADLINE_MS));
    }

    /** Without a source there are static gateways only. */
    async function readGrants(source: unknown, { widestPrefix, allowUnroutable }: Rules): Promise<Reading> {
        if (source === undefined) return { grants: [], unusable: [] };
        const grants = world().openSource(source, { widestPrefix, allowUnroutable });
        return grants.read(AbortSignal.timeout(DEADLINE_MS)).finally(() => grants.close?.());
    }

    async function resolve(olds: Partial<Membership>, news: MembershipArgs): Promise<Membership> {
        const rules = parseRules(news);
        const reading = await readGrants(news.source, rules);
        const zones = await Promise.all(news.zoneIds.map((id) => (isUnknown(id) ? undefined : read(id))));
        const nowMs = world().clock.now();
        const { membership, says } = desiredMembership({ olds, news, rules, reading, zones, nowMs });
        for (const line of says) world().tell(`${nameOf(zones)}: ${line}`);
        return membership;
    }

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

    /** Leaves the sentinel alone in zones that are no longer kept; one that is gone needs nothing. */
    async function release(zoneIds: readonly string[]): Promise<void> {
        for (const id of zoneIds) await unlessGone(write([id], { [id]: { [SENTINEL]: {} } }));
    }

    return {
        configure,
        async check(olds, news) {
            const isOpen = isUnknown(news.source) || isUnknown(news.staticGateways);
            if (!Array.isArray(news.zoneIds) || isOpen) return { inputs: news };
            return checkedInputs(async () => plain(await resolve(olds as Partial<Membership>, news)));
        },
        async diff(_id, olds, inputs) {
            const news = inputs as Membership;
            if (isUnknown(news.zoneIds) || news.entries === undefined) return { changes: true };
            if (!sameState(olds, news)) return { changes: true };
            const live = await inOneLine(() => Promise.all(news.zoneIds.map(read)));
            return { changes: live.some((zone) => !holds(zone, gatewaysIn(news.entries, zone.id))) };
        },
        async create(inputs) {
            const outs = inputs as Membership;
            const id = outs.zoneIds[0] ?? fail("bad-input", "a membership needs at least one zone");
            await inOneLine(() => settled(id, outs, write(outs.zoneIds, outs.entries)));
            return { id, outs };
        },
        async read(id, props) {
            const zoneIds = props?.zoneIds ?? [id];
            const live = await inOneLine(() => Promise.all(zoneIds.map((zoneId) => unlessGone(read(zoneId)))));
            const there = live.filter((zone) => zone !== undefined);
            if (there.length === 0) return {};
            const { missing: _, ...known } = { ...EMPTY, ...props };
            const found: Membership = plain({ ...known, zoneIds, ...readAgain(stateOf(props ?? {}), there) });
            return { id, props: found, inputs: found };
        },
        async update(id, olds, inputs) {
            const outs = inputs as Membership;
            await inOneLine(async () => {
                await settled(id, outs, write(outs.zoneIds, outs.entries));
                await release((olds.zoneIds ?? []).filter((zoneId) => !outs.zoneIds.includes(zoneId)));
            });
            return { outs };
        },
        async delete(_id, props) {
            await inOneLine(() => release(props.zoneIds ?? []));
        },
    };
}

/** What check decided about a zone; never no gateway at all. */
function gatewaysIn(entries: Entries, zoneId: string): string[] {
    const gateways = gatewaysOf(entries, [zoneId]).flat();
    return gateways.length > 0
        ? gateways
        : fail("bad-input", `nothing was decided about the zone ${zoneId}: run again`);
}

/** What people call a membership: its first zone. */
function nameOf([first]: readonly (Zone | undefined)[]): string {
    return first === undefined ? "The new zone" : `Zone "${first.name}"`;
}

const EMPTY: Omit<Membership, "zoneIds" | "entries"> = { refused: [], unusable: [] };

/** What ./entries.cjs opens. */
export const provider = perOrg(() => membershipProvider(connect));
