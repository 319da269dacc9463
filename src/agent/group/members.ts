import type { OktaUser } from "../../core/group/users";

/** The expected members of a group: those of the last read, with the agent's own changes since. */
export interface Members {
    /** Undefined while they are not known. */
    all(): readonly OktaUser[] | undefined;
    has(id: string): boolean;
    /** When Okta accepted the addition of the user, if the agent made it. */
    acceptedAtMs(id: string): number | undefined;
    /** Notes that Okta carried out a change. */
    changed(user: OktaUser, change: "add" | "remove", nowMs: number): void;
    /**
     * Takes the result of a read that began at a time. The agent's own changes since, or shortly before, have precedence: Okta may
     * not have propagated them.
     *
     * @returns the members that another writer added or removed; none if nothing was known before
     */
    read(users: readonly OktaUser[], beganAtMs: number): Drift;
    /** Forgets the members, as another agent may have led in the meantime. */
    forget(): void;
}

export interface Drift {
    readonly added: readonly OktaUser[];
    readonly removed: readonly OktaUser[];
}

/** Okta does not document how long a change of a group takes to propagate; for zones it is a minute. */
export const SPREAD_MS = 60_000;

export function openMembers(): Members {
    let users: Map<string, OktaUser> | undefined;
    /** The latest own change of each user, until it is propagated. */
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
