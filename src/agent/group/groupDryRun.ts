import type { Clock } from "../../clock";
import { spanOf } from "../../core/addresses/ip";
import { mergeSpans } from "../../core/addresses/spans";
import { fail } from "../../core/errors/errors";
import { unfitGroup } from "../../core/group/groupKind";
import { planGroup } from "../../core/group/groupPlan";
import { wantedUsers } from "../../core/group/wantedUsers";
import { unreadable } from "../../core/membership/plan";
import type { MembershipSettings } from "../../core/settings/agentSettings";
import type { GroupStore } from "../../okta/groups";
import type { Round } from "../../reconcile";
import type { GrantSource } from "../../sources/source";
import { type BoundOnce, boundOnce } from "./boundOnce";
import type { GroupFile } from "./groupFile";
import { nameOf } from "./lane";

/** What the first round would do to the members of a group; users by their display names. */
export interface GroupRound {
    readonly id: string;
    readonly add: readonly string[];
    readonly remove: readonly string[];
    /** Members who stay until their removal is confirmed. */
    readonly held: readonly string[];
}

export interface GroupDryRunOptions {
    readonly settings: Pick<MembershipSettings, "rules" | "firstContact" | "drift" | "ruleGroups"> & {
        readonly group: string;
    };
    readonly store: GroupStore;
    readonly file: Pick<GroupFile, "read">;
    readonly clock: Pick<Clock, "now">;
    readonly signal: AbortSignal;
}

/** The most users that are looked up; an agent looks up all of them. */
const MOST_USERS = 1000;

/**
 * A dry run of the first round for a group.
 *
 * @throws `group-unfit` for a group that cannot be used; `okta-*`
 */
export async function openGroupDryRun({ settings, store, file, clock, signal }: GroupDryRunOptions) {
    const { group, rules, firstContact, drift } = settings;
    const problem = unfitGroup(await store.facts(group, signal), settings.ruleGroups);
    if (problem !== undefined) fail("group-unfit", problem);
    const members = await store.members(group, signal);
    const memory = await file.read();
    let bound: BoundOnce | undefined;
    return {
        /** The source with its grants bound to users. */
        bind: (source: GrantSource): GrantSource => ({
            ...source,
            async read(stop) {
                const [reading, nowMs] = [await source.read(stop), clock.now()];
                const asked = { store, reading, selector: rules.selector, members, nowMs, most: MOST_USERS, signal };
                bound = await boundOnce(asked);
                return bound.reading;
            },
        }),
        /** @param round The dry run of the zones with that reading. */
        plan(round: Pick<Round, "grants" | "zones" | "refused">): GroupRound {
            const userOf = bound?.userOf ?? (() => ({ state: "asked" }) as const);
            const gateways = round.zones.flatMap((zone) => zone.gateways);
            const readable = gateways.filter((entry) => !unreadable(gateways).includes(entry));
            const inside = round.refused.length === 0 ? undefined : mergeSpans(readable.map(spanOf));
            const nowMs = clock.now();
            const { wanted, staying } = wantedUsers({ grants: round.grants, inside, atMs: nowMs }, userOf, nowMs);
            const plan = planGroup({
                ...{ members, memory, firstContact, staying },
                wanted: new Set(wanted.keys()),
                maxRemovals: rules.maxRemovals,
            });
            const removed = plan.remove.filter(({ why }) => why !== "drift" || drift === "heal");
            return {
                id: group,
                add: plan.add.map((id) => wanted.get(id)?.[0]?.user ?? id),
                remove: removed.map(({ user }) => nameOf(user)),
                held: plan.held.map(nameOf),
            };
        },
    };
}
