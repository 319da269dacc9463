import { type Document, documentOf } from "../state/document";
import type { World } from "../state/world";
import type { Authorization } from "./openIdState";

/** What the scopes tell of a user. Groups are told by their names, as with a groups claim whose filter matches all of them. */
export function claimsOf({ org }: World, { session, scopes }: Pick<Authorization, "session" | "scopes">): Document {
    const profile = documentOf(org.users.get(session.userId)?.profile);
    const name = `${profile.firstName} ${profile.lastName}`;
    return {
        ...(scopes.includes("profile") && {
            name,
            given_name: profile.firstName,
            family_name: profile.lastName,
            preferred_username: profile.login,
            zoneinfo: "America/Los_Angeles",
        }),
        ...(scopes.includes("email") && { email: profile.email, email_verified: true }),
        ...(scopes.includes("groups") && { groups: groupsOf(org, session.userId) }),
    };
}

function groupsOf({ groups, members }: World["org"], userId: string): string[] {
    return [...groups.values()]
        .filter(({ id, type }) => type === "BUILT_IN" || members.get(String(id))?.has(userId) === true)
        .map(({ profile }) => String(documentOf(profile).name));
}
