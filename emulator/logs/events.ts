import type { Caller } from "../http/http";
import { type Document, documentOf } from "../state/document";
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
    const event: Document = {
        uuid: world.ids.uuid(),
        published: new Date(world.now()).toISOString(),
        eventType,
        version: "0",
        severity: "INFO",
        actor: actorOf(world, actor),
        target: [{ id, type: KIND[family] ?? family, displayName: name ?? id }],
        outcome: { result: "SUCCESS", reason: null },
        client: { ipAddress: "127.0.0.1", zone: "null" },
        request: { ipChain: [{ ip: "127.0.0.1", version: "V4", source: null, geographicalContext: null }] },
    };
    world.org.events.push(event);
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
