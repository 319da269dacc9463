import type { Clock } from "../../clock";
import { spanOf } from "../../core/addresses/ip";
import { mergeSpans } from "../../core/addresses/spans";
import { fail } from "../../core/errors/errors";
import type { Grant } from "../../core/grants/grants";
import { unfitGroup } from "../../core/group/groupKind";
import { planGroup } from "../../core/group/groupPlan";
import { deniedUsers, withAliases } from "../../core/group/knownUsers";
import { wantedUsers } from "../../core/group/wantedUsers";
import { type Denial, userKey } from "../../core/membership/denials";
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

export interface BindOptions {
    /** Those in force. */
    readonly denials: readonly Denial[];
    /** The grants of the memory. */
    readonly remembered: readonly Grant[];
}

/** A source with its grants bound to users, and what counts for the decision about them, as the agent has it. */
export interface BoundSource {
    readonly source: GrantSource;
    readonly denials: readonly Denial[];
    readonly isBound: boolean;
    readonly idOfUser: (user: string) => string;
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
        async bind(source: GrantSource, { denials, remembered }: BindOptions): Promise<BoundSource> {
            const [reading, nowMs] = [await source.read(signal), clock.now()];
            const before = remembered.flatMap(({ user }) => (user === undefined ? [] : [userKey(user)]));
            const also = new Set([...deniedUsers(denials), ...before]);
            const names = memory?.names ?? {};
            const asked = { store, reading, selector: rules.selector, members, nowMs, also, names, most: MOST_USERS };
            const answer = await boundOnce({ ...asked, signal });
            bound = answer;
            return {
                source: { ...source, read: async () => answer.reading },
                denials: withAliases(denials, answer.known),
                isBound: true,
                idOfUser: (user: string) => answer.known.idOf(userKey(user)),
            };
        },
        /** @param round The dry run of the zones with that reading. */
        plan(round: Pick<Round, "grants" | "zones" | "refused">): GroupRound {
            const userOf = bound?.userOf ?? (() => ({ state: "asked" }) as const);
            const gateways = round.zones.flatMap((zone) => zone.gateways);
            const readable = gateways.filter((entry) => !unreadable(gateways).includes(entry));
            const inside = round.refused.length === 0 ? undefined : mergeSpans(readable.map(spanOf));
            const nowMs = clock.now();
            const users = wantedUsers({ grants: round.grants, inside, atMs: nowMs }, userOf, nowMs);
            const { wanted } = users;
            const plan = planGroup({
                ...{ ...users, members, memory, firstContact },
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
