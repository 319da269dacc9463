import type { Clock } from "../../clock";
import type { Grant } from "../../core/grants/grants";
import { type Decided, type WantedUsers, wantedUsers } from "../../core/group/wantedUsers";
import type { UserLookup } from "./userLookup";

export interface WantedOptions {
    readonly users: Pick<UserLookup, "userOf" | "version">;
    readonly clock: Pick<Clock, "now">;
}

/** The desired members, by the latest decision. */
export interface Wanted {
    decided(decided: Decided): void;
    /** Whether there was a decision since this agent leads. */
    isKnown(): boolean;
    /** The desired members now; computed again only if a decision, a user or the time has changed them. */
    now(): WantedUsers;
    /** The ended grants of a user who is no longer a desired member. */
    were(id: string): readonly Grant[];
    /** Forgets the ended grants of a user who was removed. */
    isOut(id: string): void;
    forget(): void;
}

const NOTHING: WantedUsers = {
    wanted: new Map(),
    staying: new Set(),
    names: new Map(),
    kept: [],
    isUnidentified: false,
    untilMs: Infinity,
};

export function openWanted({ users, clock }: WantedOptions): Wanted {
    let decision: Decided | undefined;
    let decisions = 0;
    let latest = { key: "", users: NOTHING };
    const were = new Map<string, readonly Grant[]>();

    function now(): WantedUsers {
        if (decision === undefined) return NOTHING;
        const key = `${decisions} ${users.version()}`;
        if (latest.key === key && latest.users.untilMs > clock.now()) return latest.users;
        const next = wantedUsers(decision, users.userOf, clock.now());
        for (const [id, grants] of latest.users.wanted) if (!next.wanted.has(id)) were.set(id, grants);
        latest = { key, users: next };
        return next;
    }

    return {
        decided(next) {
            decision = next;
            decisions++;
        },
        isKnown: () => decision !== undefined,
        now,
        were: (id) => were.get(id) ?? [],
        isOut: (id) => void were.delete(id),
        forget() {
            decision = undefined;
            latest = { key: "", users: NOTHING };
            were.clear();
        },
    };
}
