import { fail } from "../../src/core/errors/errors";
import { byId } from "../state/byId";
import { type Document, documentOf, without } from "../state/document";
import type { Nursery } from "../state/nursery";
import type { Org } from "../state/org";

/** The group Everyone, and those of the seed. */
export function freshGroups({ seed: { groups: seeds }, ids, now }: Nursery): Map<string, Document> {
    const named = seeds.map((seed) => ({ seed, name: seed.name ?? documentOf((seed as Document).profile).name }));
    const everyone = named.some(({ name }) => name === "Everyone") ? [] : [{ seed: {}, name: "Everyone" }];
    const groups = [...everyone, ...named].map(({ seed, name }): Document => {
        const isBuiltIn = name === "Everyone";
        return {
            id: ids.id("00g"),
            created: now,
            lastUpdated: now,
            lastMembershipUpdated: now,
            objectClass: ["okta:user_group"],
            type: isBuiltIn ? "BUILT_IN" : "OKTA_GROUP",
            profile: { name, description: isBuiltIn ? "All users in your organization" : null },
            ...without(seed, "name", "members"),
        };
    });
    return byId(
        "groups",
        groups.map((group) => [String(group.id), group]),
    );
}

/** The members of the groups of the seed, named there by id or by login. @throws `bad-input` for a user that there is not */
export function freshMembers({ seed }: Nursery, groups: Org["groups"], users: Org["users"]): Org["members"] {
    const idOf = (name: string, group: string) => {
        const user = users.get(name) ?? [...users.values()].find(({ profile }) => documentOf(profile).login === name);
        if (user === undefined) {
            fail(
                "bad-input",
                `the emulator's seed puts the user ${name} into the group ${group}, and has no such user`,
            );
        }
        return String(user.id);
    };
    const ofNames = new Map(
        seed.groups.map((group) => [group.name ?? documentOf((group as Document).profile).name, group.members ?? []]),
    );
    return new Map(
        [...groups].map(([id, { profile }]) => {
            const { name } = documentOf(profile);
            return [id, new Set((ofNames.get(name) ?? []).map((member) => idOf(member, String(name))))];
        }),
    );
}
