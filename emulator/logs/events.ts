import { type Document, documentOf } from "../state/document";
import type { Ids } from "../state/ids";
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
    const target = [{ id, type: KIND[family] ?? family, displayName: name ?? id }];
    world.org.events.push(wholeEvent({ eventType, target }, world.ids, world.now(), world.org.about.adminId));
}

/** An event of which only some fields are given, such as `actor` and `client`, with Okta's other ones. */
export function wholeEvent(given: Document, ids: Ids, nowMs: number, adminId: string): Document {
    const ipAddress = documentOf(given.client).ipAddress ?? "127.0.0.1";
    const version = String(ipAddress).includes(":") ? "V6" : "V4";
    return {
        uuid: ids.uuid(),
        published: new Date(nowMs).toISOString(),
        version: "0",
        severity: "INFO",
        actor: { id: adminId, type: "User" },
        target: null,
        outcome: { result: "SUCCESS", reason: null },
        request: { ipChain: [{ ip: ipAddress, version, source: null, geographicalContext: null }] },
        ...given,
        client: { zone: "null", ...documentOf(given.client), ipAddress },
    };
}
