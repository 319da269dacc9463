import type { OktaUser } from "../../core/group/users";

/** The members of a group as the agent believes them to be: what it read last, with what it did since. */
export interface Members {
    /** Undefined while they are not known. */
    all(): readonly OktaUser[] | undefined;
    has(id: string): boolean;
    /** When Okta took the user in, as far as the agent did it. */
    acceptedAtMs(id: string): number | undefined;
    /** Okta carried out a change. */
    changed(user: OktaUser, change: "add" | "remove", nowMs: number): void;
    /**
     * Takes what a read brought that began then. What the agent did since, or not long before, counts more: Okta may
     * not have spread it.
     *
     * @returns who was there or missing although the agent did not do it; nobody where nothing was known before
     */
    read(users: readonly OktaUser[], beganAtMs: number): Drift;
    /** Another agent may have led: nothing is known any more. */
    forget(): void;
}

export interface Drift {
    readonly added: readonly OktaUser[];
    readonly removed: readonly OktaUser[];
}

/** What Okta needs to spread a change is not documented for groups; it is a minute for zones. */
export const SPREAD_MS = 60_000;

export function openMembers(): Members {
    let users: Map<string, OktaUser> | undefined;
    /** The latest own change of each user, for as long as it may not be spread. */
    const own = new Map<
        string,
        { readonly user: OktaUser; readonly change: "add" | "remove"; readonly atMs: number }
    >();
    const accepted = new Map<string, number>();

    return {
        all: () => (users === undefined ? undefined : [...users.values()]),
        has: (id) => users?.has(id) ?? false,
        acceptedAtMs: (id) => accepted.get(id),
        changed(user, change, atMs) {
            own.set(user.id, { user, change, atMs });
            if (change === "add") {
                users?.set(user.id, user);
                accepted.set(user.id, atMs);
            } else {
                users?.delete(user.id);
                accepted.delete(user.id);
            }
        },
        read(found, beganAtMs) {
            const before = users;
            const now = new Map(found.map((user) => [user.id, user]));
            for (const [id, { user, change, atMs }] of own) {
                if (beganAtMs - atMs > SPREAD_MS) own.delete(id);
                else if (change === "remove") now.delete(id);
                else if (!now.has(id)) now.set(id, user);
            }
            users = now;
            for (const id of accepted.keys()) if (!now.has(id)) accepted.delete(id);
            if (before === undefined) return { added: [], removed: [] };
            return {
                added: [...now.values()].filter(({ id }) => !before.has(id)),
                removed: [...before.values()].filter(({ id }) => !now.has(id)),
            };
        },
        forget() {
            users = undefined;
            own.clear();
            accepted.clear();
        },
    };
}
