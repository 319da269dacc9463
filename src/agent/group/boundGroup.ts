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
import type { GroupFile } from "./groupFile";
import { openGroupLane } from "./groupLane";
import { heldUsers, viewWithGroup } from "./groupView";
import { pauseMs } from "./memberWrites";
import { openUserLookup, type UserLookup } from "./userLookup";

/** What a membership asks of its group, while it decides about its zones. */
export interface GroupBinding {
    /** The reading as a membership has it whose grants are bound to users. */
    reading(reading: Reading): Reading;
    /** Goes up whenever the same reading may come out differently. */
    version(): number;
    /** Hears each decision before the zones are written. */
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
    /** Hears that the grants may be bound to other users than before. */
    readonly onNews: () => void;
}

/** The group of a membership: its members are the users with an active grant. */
export interface BoundGroup extends GroupBinding {
    /**
     * Whether the group may be the group of a membership.
     *
     * @throws `bad-input` where it may not; `okta-*` where that cannot be found out
     */
    check(signal: AbortSignal): Promise<void>;
    /** The same, again and again for as long as Okta cannot be asked. */
    checkPatiently(signal: AbortSignal): Promise<void>;
    /** See GroupLane. */
    run(stop: AbortSignal, lost: AbortSignal): Promise<void>;
    /** What is known of the membership, with what is known of its group. */
    view(view: AgentView): AgentView;
    /** Lets go of members who are held, by the names that the view has. @returns those that were */
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
        if (problem !== undefined) fail("bad-input", problem);
    }

    return {
        reading: readings.bound,
        version: () => users.version(),
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

/** Readings as they are with what is known of their users, about whom it asks. */
function openReadings(selector: Selector, users: UserLookup, { now }: Pick<Clock, "now">) {
    /** The reading that was asked about last, and what it came to. */
    let latest: { readonly of: Reading; readonly version: number; readonly is: Reading } | undefined;
    let read: ReadonlySet<string> = new Set();
    let decided: ReadonlySet<string> = new Set();
    const want = () => users.want(new Set([...read, ...decided]));
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
        /** The grants to go by may name other users than the reading does. */
        decided(grants: readonly Grant[]): void {
            decided = new Set(grants.flatMap(({ user }) => (user === undefined ? [] : [userKey(user)])));
            want();
        },
    };
}
