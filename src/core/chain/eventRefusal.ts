import { fieldsOf } from "./ipChain";

/**
 * The event type of a request that a blocklist refused. Source: Okta's event types, and its help on blocklist zones.
 */
const BLOCKED = "security.request.blocked";

/** The event type of a request that ThreatInsight found suspicious. It refused it only if the outcome says so. */
const THREAT = "security.threat.detected";
const REFUSED = ["DENY", "RATE_LIMIT"];

/**
 * The refusal in an event of the System Log, of a request that Okta refused before any policy; undefined if it was not
 * refused in this way.
 *
 *   eventType                  outcome.reason              result
 *   security.request.blocked   NETWORK_ZONE_BLOCKLIST      a blocklist refused it
 *   security.request.blocked   another, or none            it was refused, with Okta's reason
 *   security.threat.detected   any, with DENY, RATE_LIMIT  ThreatInsight refused it
 *   any other                  -                           undefined
 *
 * @param event As eventChain takes it.
 */
export function eventRefusal(event: unknown): string | undefined {
    const { eventType, outcome, published } = fieldsOf(Array.isArray(event) ? event[0] : event);
    const { reason, result } = fieldsOf(outcome);
    const isThreat = eventType === THREAT && REFUSED.includes(String(result));
    if (eventType !== BLOCKED && !isThreat) return undefined;
    const text = typeof reason === "string" && reason !== "" ? reason : "no reason given";
    const when = typeof published === "string" ? ` at ${published.slice(0, MOST)}` : "";
    const by = isThreat ? "ThreatInsight" : text === "NETWORK_ZONE_BLOCKLIST" ? "a blocklist" : "Okta";
    return `${by} refused it before any policy was asked (${eventType}, ${text.slice(0, MOST)}${when})`;
}

/** The most characters of a field of an event that are shown. */
const MOST = 80;
