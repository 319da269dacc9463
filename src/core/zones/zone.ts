/**
 * The only gateway of a zone that admits no user, as Okta requires at least one
 * gateway or trusted proxy in a zone. It is in TEST-NET-1 (RFC 5737), which
 * is reserved for documentation.
 */
export const SENTINEL = "192.0.2.0/32";

/** What a zone is for: `POLICY` zones are named by rules, `BLOCKLIST` zones are refused before any policy. */
export type Usage = "POLICY" | "BLOCKLIST";

/**
 * The most gateways an IP zone may hold when an administrator created it; an
 * address, a CIDR or a range counts as one gateway.
 *
 * Source: Okta management API, Network Zones, `IPNetworkZone.gateways`.
 */
export const GATEWAY_LIMIT: Readonly<Record<Usage, number>> = { POLICY: 150, BLOCKLIST: 1000 };
