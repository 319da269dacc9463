import type { Caller } from "../http/http";
import { type Document, documentOf, isDocument } from "../state/document";
import type { Ids } from "../state/ids";
import type { World } from "../state/world";

/** What Okta calls the kinds of things that events are about. */
const KIND: Readonly<Record<string, string>> = { zone: "NetworkZone", policy: "Policy", user: "User" };

/** Who did it: a caller, the administrator where nothing is said, or somebody whom the seed does not know. */
export type Actor = Pick<Caller, "userId" | "clientId"> | "stranger";

const STRANGER = {
    id: "00uStranger000000001",
    type: "User",
    alternateId: "stranger@example.com",
    displayName: "A Stranger",
};

/**
 * Adds to the System Log. As in Okta, an event about a zone says that it
 * changed, and not what.
 */
export function logEvent(
    world: World,
    eventType: string,
    { id, name }: { readonly id: string; readonly name?: string },
    actor: Actor = {},
): void {
    const [family = ""] = eventType.split(".");
    const target = [{ id, type: KIND[family] ?? family, displayName: name ?? id }];
    const given = { eventType, actor: actorOf(world, actor), target };
    world.org.events.push(wholeEvent(given, world.ids, world.now(), world.org.about.adminId));
}

/**
 * An event of which only some fields are given, such as `actor` and `client`,
 * with Okta's other ones. What was given stays as it is, null too: Okta has
 * events without a client, and clients without an address.
 */
export function wholeEvent(given: Document, ids: Ids, nowMs: number, adminId: string): Document {
    const client = clientIn(given.client);
    return {
        uuid: ids.uuid(),
        published: new Date(nowMs).toISOString(),
        version: "0",
        severity: "INFO",
        actor: { id: adminId, type: "User" },
        target: null,
        outcome: { result: "SUCCESS", reason: null },
        request: { ipChain: chainOf(documentOf(client).ipAddress) },
        ...given,
        client,
    };
}

/** The address is 127.0.0.1 where the event says nothing of it; null is something. */
function clientIn(given: unknown): unknown {
    const usual = { ipAddress: "127.0.0.1", zone: "null" };
    if (given === undefined) return usual;
    return isDocument(given) ? { ...usual, ...given } : given;
}

function chainOf(ip: unknown): Document[] {
    if (typeof ip !== "string" || ip === "" || ip === "null") return [];
    return [{ ip, version: ip.includes(":") ? "V6" : "V4", source: null, geographicalContext: null }];
}

/** Without `detailEntry`, which Okta has too. */
function actorOf({ org }: World, actor: Actor): Document {
    if (actor === "stranger") return STRANGER;
    const { clientId, userId = org.about.adminId } = actor;
    if (clientId !== undefined) {
        return { id: clientId, type: "PublicClientApp", alternateId: clientId, displayName: clientId };
    }
    const { login, firstName, lastName } = documentOf(org.users.get(userId)?.profile);
    return { id: userId, type: "User", alternateId: login, displayName: `${firstName} ${lastName}` };
}
