import type { Document } from "../state/document";
import type { World } from "../state/world";

/** What Okta calls the kinds of things that events are about. */
const KIND: Readonly<Record<string, string>> = { zone: "NetworkZone", policy: "Policy", user: "User" };

/**
 * Adds to the System Log. As in Okta, an event about a zone says that it
 * changed, and not what.
 */
export function logEvent(
    world: World,
    eventType: string,
    { id, name }: { readonly id: string; readonly name?: string },
): void {
    const [family = ""] = eventType.split(".");
    const event: Document = {
        uuid: world.ids.uuid(),
        published: new Date(world.now()).toISOString(),
        eventType,
        version: "0",
        severity: "INFO",
        actor: { id: world.org.about.adminId, type: "User" },
        target: [{ id, type: KIND[family] ?? family, displayName: name ?? id }],
        outcome: { result: "SUCCESS", reason: null },
        client: { ipAddress: "127.0.0.1", zone: "null" },
        request: { ipChain: [{ ip: "127.0.0.1", version: "V4", source: null, geographicalContext: null }] },
    };
    world.org.events.push(event);
}
