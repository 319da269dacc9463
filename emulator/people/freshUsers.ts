import { byId } from "../state/byId";
import { type Document, documentOf, without } from "../state/document";
import type { Nursery } from "../state/nursery";

/** Somebody who administers the organisation, and the users of the seed; the first one is `/users/me`. */
export function freshUsers(
    { seed: { users: seeds }, ids, now }: Nursery,
    userTypes: ReadonlyMap<string, Document>,
): { readonly users: Map<string, Document>; readonly passwords: Set<string> } {
    const all = seeds.length > 0 ? seeds : [{ login: "admin@example.com" }];
    const [usualType] = userTypes.keys();
    const users = all.map((seed): Document => {
        const profile = documentOf((seed as Document).profile);
        const login = seed.login ?? profile.login ?? "user@example.com";
        return {
            id: seed.id ?? ids.id("00u"),
            status: "ACTIVE",
            created: now,
            activated: null,
            statusChanged: now,
            lastLogin: now,
            lastUpdated: now,
            passwordChanged: now,
            type: { id: usualType },
            credentials: { provider: { type: "OKTA", name: "OKTA" } },
            ...without(seed, "login", "_links"),
            profile: {
                firstName: "A",
                lastName: "User",
                mobilePhone: null,
                secondEmail: null,
                login,
                email: login,
                ...profile,
            },
        };
    });
    const map = byId(
        "users",
        users.map((user) => [String(user.id), user]),
    );
    return { users: map, passwords: new Set(map.keys()) };
}
