import type { Clock } from "../../clock";
import { fail, isTransient } from "../../core/errors/errors";
import type { Grant } from "../../core/grants/grants";
import type { Reading } from "../../core/grants/grantsDocument";
import type { Selector } from "../../core/grants/selection";
import { boundReading, usersOf } from "../../core/group/boundReading";
import { unfitGroup } from "../../core/group/groupKind";
import type { Decided } from "../../core/group/wantedUsers";
import { userKey } from "../../core/membership/denials";
import type { MembershipSettings } from "../../core/settings/agentSettings";
import type { GroupStore } from "../../okta/groups";
import type { RecordEvent } from "../events/events";
import type { Budget } from "../requestBudget";
import type { AgentView } from "../status/view";
import { aliasedDenials, type DenialList } from "./aliasedDenials";
import type { GroupFile } from "./groupFile";
import { openGroupLane } from "./groupLane";
import { heldUsers, viewWithGroup } from "./groupView";
import { pauseMs } from "./memberWrites";
import { openUserLookup, type UserLookup } from "./userLookup";

/** The part of a group that the reconciler of the zones uses. */
export interface GroupBinding {
    /** The reading with the grants bound to users: a grant whose user is unknown or suspended is unusable. */
    reading(reading: Reading): Reading;
    /** Increases whenever the result for the same reading may differ. */
    version(): number;
    /** Identifies a user by any of the names that grants give them, as far as Okta was asked. */
    idOfUser(user: string): string;
    /** Receives each decision before the zones are written. */
    decided(decided: Decided): void;
}

export interface BoundGroupOptions {
    readonly settings: Pick<MembershipSettings, "rules" | "firstContact" | "drift" | "ruleGroups"> & {
        readonly group: string;
    };
    readonly store: GroupStore;
    readonly file: GroupFile;
    readonly budget: Budget;
    readonly clock: Clock;
    readonly record: RecordEvent;
    readonly newId: () => string;
    /** Called when the grants may be bound to other users than before. */
    readonly onNews: () => void;
}

/** The group of a membership: its members are the users with an active grant. */
export interface BoundGroup extends GroupBinding {
    /**
     * Checks that the group can be the group of a membership.
     *
     * @throws `group-unfit` if it cannot; `okta-*` if that is not known
     */
    check(signal: AbortSignal): Promise<void>;
    /** As check, repeated until Okta answers. */
    checkPatiently(signal: AbortSignal): Promise<void>;
    /** See aliasedDenials. */
    denials(list: DenialList): DenialList;
    /** See GroupLane. */
    run(stop: AbortSignal, lost: AbortSignal): Promise<void>;
    /** The view of the membership, with the state of its group. */
    view(view: AgentView): AgentView;
    /** Releases held members, by their names in the view. @returns those that were held */
    confirm(names: readonly string[], by: string, reason?: string): Promise<readonly string[]>;
}

export function openBoundGroup(options: BoundGroupOptions): BoundGroup {
    const { settings, store, clock, record } = options;
    const { group, rules, firstContact, drift } = settings;
    const users = openUserLookup({
        store,
        clock,
        onNews() {
            lane.wake();
            options.onNews();
        },
    });
    const lane = openGroupLane({ ...options, group, firstContact, drift, maxRemovals: rules.maxRemovals, users });
    const readings = openReadings(rules.selector, users, clock);

    async function check(signal: AbortSignal): Promise<void> {
        const problem = unfitGroup(await store.facts(group, signal), settings.ruleGroups);
        if (problem !== undefined) fail("group-unfit", problem);
    }

    return {
        reading: readings.bound,
        version: () => users.version(),
        idOfUser: (user) => users.idOf(userKey(user)),
        denials: (list) => aliasedDenials(list, users, readings.denied),
        decided(next) {
            readings.decided(next.grants);
            lane.decided(next);
        },
        check,
        async checkPatiently(signal) {
            for (let failures = 1; !signal.aborted; failures++) {
                try {
                    return await check(signal);
                } catch (error) {
                    if (signal.aborted || !isTransient(error)) throw error;
                    await clock.sleep(pauseMs(failures, clock), signal).catch(() => {});
                }
            }
        },
        async run(stop, lost) {
            const over = AbortSignal.any([stop, lost]);
            await Promise.all([users.run(over), lane.run(stop, lost)]);
        },
        view: (view) => viewWithGroup(view, { group, state: lane.state(), userOf: users.userOf, nowMs: clock.now() }),
        async confirm(names, by, reason) {
            const held = heldUsers(lane.state());
            const meant = names.filter((name) => held.has(name));
            if (meant.length === 0 || meant.length !== held.size) return [];
            await record({
                type: "removals.confirmed",
                held: meant,
                grants: [],
                by,
                ...(reason !== undefined && { reason }),
            });
            await lane.release([...held.values()], by);
            return meant;
        },
    };
}

/** Binds readings to the users that are known, and looks up those that are not. */
function openReadings(selector: Selector, users: UserLookup, { now }: Pick<Clock, "now">) {
    /** The latest reading, and its result. */
    let latest: { readonly of: Reading; readonly version: number; readonly is: Reading } | undefined;
    let read: ReadonlySet<string> = new Set();
    let decided: ReadonlySet<string> = new Set();
    let denied: ReadonlySet<string> = new Set();
    const want = () => users.want(new Set([...read, ...decided, ...denied]));
    return {
        bound(reading: Reading): Reading {
            if (latest?.of === reading && latest.version === users.version()) return latest.is;
            if (latest?.of !== reading) {
                read = usersOf(reading, selector, now());
                want();
            }
            const is = boundReading({ reading, selector, userOf: users.userOf, nowMs: now() });
            latest = { of: reading, version: users.version(), is };
            return is;
        },
        denied(keys: ReadonlySet<string>): void {
            denied = keys;
            want();
        },
        /** The decided grants may name other users than the reading does. */
        decided(grants: readonly Grant[]): void {
            decided = new Set(grants.flatMap(({ user }) => (user === undefined ? [] : [userKey(user)])));
            want();
        },
    };
}
