import { type dynamic, runtime } from "@pulumi/pulumi";
import { fail } from "../core/errors/errors";
import { isSelected } from "../core/grants/grants";
import { type Reading, reportUnusable } from "../core/grants/grantsDocument";
import { askFor } from "../core/judging/allowed";
import { lastingOf } from "../core/judging/judgeGrants";
import { type Decision, decideMembership } from "../core/membership/decide";
import { difference } from "../core/membership/plan";
import { parseRules, type Rules } from "../core/membership/rules";
import { fixedProblem } from "../core/ranges/fixedRanges";
import { SENTINEL } from "../core/zones/zone";
import { holds } from "../okta/zones/setGateways";
import type { Zone } from "../okta/zones/zones";
import { writePlan, zoneNow } from "../reconcile";
import { openOnce } from "./openOnce";
import { checkedInputs, DEADLINE_MS, inOneLine, settled, unlessGone } from "./outcome";
import { isUnknown, type Membership, type MembershipArgs, plain, sameMembership } from "./state";
import { summarize } from "./summary";
import { connect, type World } from "./world";

export type MembershipProvider = Required<dynamic.ResourceProvider<MembershipArgs, Membership>>;

type MembershipWorld = Pick<World, "zones" | "lock" | "clock" | "tell" | "openSource">;

/**
 * Keeps the gateways of zones equal to the grants that are active now.
 *
 *   check            reads the source and the zones, decides, and returns the gateways as inputs: so
 *                    the preview shows the change, policies judge it, and a saved plan holds it
 *   diff             compares with the state and with the live zones
 *   create, update   write exactly what check decided, where the live zones differ from it
 *   read             reports the live gateways, so that drift is a difference
 *   delete           leaves the sentinel
 *
 * A state may have been written by any older version of this file, so a field
 * of `olds` can be missing whatever its type says.
 */
export function membershipProvider(open: (config: dynamic.Config) => MembershipWorld): MembershipProvider {
    const { world, configure } = openOnce(open);
    /** What check or read has just seen, for the diff that follows it at once: one request less for each zone. */
    const justRead = new Map<string, Zone>();

    async function read(zoneId: string): Promise<Zone> {
        const zone = await world().zones.read(zoneId, AbortSignal.timeout(DEADLINE_MS));
        justRead.set(zoneId, zone);
        return zone;
    }

    /** Without a source there are static gateways only. */
    async function readGrants(source: unknown, { widestPrefix, allowUnroutable }: Rules): Promise<Reading> {
        if (source === undefined) return { grants: [], unusable: [] };
        const grants = world().openSource(source, { widestPrefix, allowUnroutable });
        return grants.read(AbortSignal.timeout(DEADLINE_MS)).finally(() => grants.close?.());
    }

    async function resolve(olds: Partial<MembershipArgs>, news: MembershipArgs): Promise<Membership> {
        const rules = parseRules(news);
        const reading = await readGrants(news.source, rules);
        const actual = await Promise.all(news.zoneIds.map((id) => (isUnknown(id) ? BLANK_ZONE : read(id))));
        const isConfirmed = news.confirmRemovals ?? false;
        const decision = decideMembership({
            memory: undefined,
            reading,
            zones: actual.map(zoneNow),
            rules,
            nowMs: world().clock.now(),
            isConfirmed,
        });
        const { plan } = decision;
        if (news.source === undefined) {
            const [before, after] = [olds.staticGateways ?? [], news.staticGateways ?? []];
            const problem = fixedProblem({ plan, before, after, isConfirmed });
            if (problem !== undefined) fail("bad-input", problem);
        }
        const isFewer = news.zoneIds.length < (olds.zoneIds?.length ?? 0);
        if (isFewer && !news.allow?.includes("fewer-shards")) checkRoom(decision, news.zoneIds.length);
        const summary = summarize(decision);
        if (summary !== undefined) world().tell(`${nameOf(actual)}: ${summary}`);
        const gateways = plan.zones.map((zone) => zone.gateways);
        const selected = reading.grants.filter((grant) => isSelected(grant, rules.selector));
        const lasting = lastingOf(selected, world().clock.now());
        return {
            ...news,
            gateways,
            refused: decision.refused.map(({ id, reason }) => ({ id, reason })),
            unusable: reportUnusable(reading.unusable),
            lasting,
        };
    }

    async function write(zoneIds: readonly string[], gateways: readonly (readonly string[])[]): Promise<void> {
        const { zones, lock, clock } = world();
        await lock(zoneIds, async () => {
            const actual = await Promise.all(zoneIds.map(read));
            const plans = actual.map((zone, index) => difference(zone.id, zone.gateways, gateways[index] ?? []));
            const signal = AbortSignal.timeout(DEADLINE_MS);
            await writePlan({ zones, actual, plan: { zones: plans }, clock, signal });
            for (const id of zoneIds) justRead.delete(id);
        });
    }

    /** Leaves the sentinel alone in zones that are no longer kept; one that is gone needs nothing. */
    async function release(zoneIds: readonly string[]): Promise<void> {
        for (const id of zoneIds) await unlessGone(write([id], [[SENTINEL]]));
    }

    return {
        configure,
        async check(olds, news) {
            const isOpen = isUnknown(news.source) || isUnknown(news.staticGateways);
            if (!Array.isArray(news.zoneIds) || isOpen) return { inputs: news };
            return checkedInputs(async () => plain(await resolve(olds, news)));
        },
        async diff(_id, olds, inputs) {
            const news = inputs as Membership;
            if (isUnknown(news.zoneIds) || isUnknown(news.gateways)) return { changes: true };
            if (!sameMembership(olds, news)) return { changes: true };
            const live = await inOneLine(() => Promise.all(news.zoneIds.map((id) => justRead.get(id) ?? read(id))));
            for (const id of news.zoneIds) justRead.delete(id);
            return { changes: live.some((zone, index) => !holds(zone, news.gateways[index] ?? [])) };
        },
        async create(inputs) {
            const outs = inputs as Membership;
            const id = outs.zoneIds[0] ?? fail("bad-input", "a membership needs at least one zone");
            await inOneLine(() => settled(id, outs, write(outs.zoneIds, outs.gateways)));
            return { id, outs };
        },
        async read(id, props) {
            const zoneIds = props?.zoneIds ?? [id];
            const live = await inOneLine(() => Promise.all(zoneIds.map((zoneId) => unlessGone(read(zoneId)))));
            if (live.every((zone) => zone === undefined)) return {};
            const gateways = live.map((zone) => zone?.gateways ?? []);
            const found: Membership = plain({ ...EMPTY, ...props, zoneIds, gateways });
            return { id, props: found, inputs: found };
        },
        async update(id, olds, inputs) {
            const outs = inputs as Membership;
            await inOneLine(async () => {
                await settled(id, outs, write(outs.zoneIds, outs.gateways));
                await release((olds.zoneIds ?? []).filter((zoneId) => !outs.zoneIds.includes(zoneId)));
            });
            return { outs };
        },
        async delete(_id, props) {
            await inOneLine(() => release(props.zoneIds ?? []));
        },
    };
}

/** A zone that the preview is only going to create. */
const BLANK_ZONE = { id: runtime.unknownValue, usage: "POLICY", gateways: [SENTINEL] } as const;

/** Fewer zones may take nobody's place away. @throws `bad-input` */
function checkRoom({ refused }: Decision, zones: number): void {
    const outside = refused.filter(({ kind }) => kind === "room").map(({ id }) => id);
    if (outside.length === 0) return;
    const left = zones === 1 ? "one zone has" : `${zones} zones have`;
    fail(
        "bad-input",
        `${left} no room for ${outside.length} of the active grants, such as ${outside[0]}: ` +
            `keep as many shards as before; ${askFor("fewer-shards")}`,
    );
}

/** What people call a membership: its first zone. */
function nameOf([first]: readonly (Zone | typeof BLANK_ZONE)[]): string {
    return first !== undefined && "name" in first ? `Zone "${first.name}"` : "The new zone";
}

const EMPTY: Omit<Membership, "zoneIds" | "gateways"> = { refused: [], unusable: [] };

/** What ./entry.cjs gives to the door. */
export const provider = membershipProvider(connect);
