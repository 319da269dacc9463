import type { Org } from "../state/org";

/** Who has admin roles. */
export type Holder = "users" | "groups" | "clients";

export const HOLDER_KINDS: readonly Holder[] = ["users", "groups", "clients"];

/** How Okta calls a holder that it does not have, and where holders are. */
export const HOLDERS: Readonly<Record<Holder, { readonly kind: string; readonly path: string; readonly by: string }>> =
    {
        users: { kind: "User", path: "/api/v1/users", by: "USER" },
        groups: { kind: "UserGroup", path: "/api/v1/groups", by: "GROUP" },
        clients: { kind: "PublicClientApp", path: "/oauth2/v1/clients", by: "CLIENT" },
    };

/** A client is one of the seed, or an OpenID Connect app, by its client id. */
export function isHolder(org: Org, kind: Holder, id: string): boolean {
    if (kind !== "clients" || org.clients.has(id)) return org[kind].has(id);
    return org.apps.get(id)?.document.signOnMode === "OPENID_CONNECT";
}
