import { fieldsOf } from "./ipChain";

/** What Okta logs where a blocklist stops a request. Source: Okta's event types, and its help on blocklist zones. */
const BLOCKED = "security.request.blocked";

/**
 * What an event of the System Log says of a request that Okta refused before it asked any policy; undefined where it
 * did not, or does not say so.
 *
 *   eventType                  outcome.reason              says
 *   security.request.blocked   NETWORK_ZONE_BLOCKLIST      a blocklist refused it
 *   security.request.blocked   another, or none            it was refused, with the reason as Okta gives it
 *   any other                  -                           undefined
 *
 * @param event As eventChain takes it.
 */
export function eventRefusal(event: unknown): string | undefined {
    const { eventType, outcome, published } = fieldsOf(Array.isArray(event) ? event[0] : event);
    if (eventType !== BLOCKED) return undefined;
    const { reason } = fieldsOf(outcome);
    const text = typeof reason === "string" && reason !== "" ? reason : "no reason given";
    const when = typeof published === "string" ? ` at ${published.slice(0, MOST)}` : "";
    const by = text === "NETWORK_ZONE_BLOCKLIST" ? "a blocklist refused it" : "Okta refused it";
    return `${by} before any policy was asked (${BLOCKED}, ${text.slice(0, MOST)}${when})`;
}

/** Characters of a field of an event that are shown. */
const MOST = 80;
