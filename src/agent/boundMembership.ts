import { resolve } from "node:path";

import type { Clock } from "../clock";
import type { AgentSettings, MembershipSettings } from "../core/settings/agentSettings";
import { concurrently } from "./concurrently";
import type { Environment } from "./environment";
import type { RecordEvent } from "./events/events";
import { type BoundGroup, openBoundGroup } from "./group/boundGroup";
import { groupFile } from "./group/groupFile";
import type { Membership } from "./membership";
import { folderOf } from "./memory/folderOf";
import type { Org } from "./org";

export interface GroupOfOptions extends Pick<Environment, "directory" | "nonce"> {
    readonly process: Pick<AgentSettings, "state">;
    readonly org: Pick<Org, "groups">;
    readonly record: RecordEvent;
    readonly onWarning: (sentence: string) => void;
    readonly clock: Clock;
    /** See BoundGroupOptions. */
    readonly onNews: () => void;
}

/** The group of a membership, with its part of the request budget for groups; undefined if it has none. */
export function openGroupOf(settings: MembershipSettings, options: GroupOfOptions) {
    const { group } = settings;
    if (group === undefined) return undefined;
    const { directory, process, org, record, onWarning, clock, onNews, nonce } = options;
    const budget = org.groups.budget.join(settings.name, 1);
    const path = resolve(directory, folderOf(process.state, settings.name), "group.json");
    const opened = openBoundGroup({
        settings: { ...settings, group },
        store: org.groups.store,
        file: groupFile({ path, group, onWarning }),
        budget,
        clock,
        record,
        newId: nonce,
        onNews,
    });
    return { group: opened, leave: budget.leave };
}

/**
 * A membership with its group. Nothing is written before the group was checked; then the zones and the group are
 * written concurrently.
 */
export function boundMembership(membership: Membership, group: BoundGroup): Membership {
    return {
        ...membership,
        async run(stop, lost) {
            const over = AbortSignal.any([stop, lost]);
            await group.checkPatiently(over);
            if (over.aborted) return;
            const keep = (ended: AbortSignal) => group.run(AbortSignal.any([ended, stop]), lost);
            await concurrently([keep], () => membership.run(stop, lost));
        },
        view: () => group.view(membership.view()),
        async confirm(held, by, reason) {
            const zones = new Set(membership.view().held);
            const users = held.filter((name) => !zones.has(name));
            const addresses = held.filter((name) => zones.has(name));
            return [
                ...(addresses.length > 0 ? await membership.confirm(addresses, by, reason) : []),
                ...(users.length > 0 ? await group.confirm(users, by, reason) : []),
            ];
        },
    };
}
