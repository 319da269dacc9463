import type { Reason } from "./reason";

/** The settings of Okta's ThreatInsight, which detects suspicious addresses. */
export interface ThreatInsight {
    /** `none`, `audit` or `block`. */
    readonly action: string;
    /** Ids of zones that it excludes. */
    readonly excludeZones: readonly string[];
}

/**
 *   action   the zones                  weight
 *   block    all left alone             note
 *   block    not all left alone         note: a granted address may be refused, and the log says so
 *   others   -                          -
 *
 * Excluding a zone is never advised here: it would admit attacks from its addresses.
 */
export function threatReason({ action, excludeZones }: ThreatInsight, zoneIds: readonly string[]): Reason | undefined {
    if (action !== "block") return undefined;
    const watched = zoneIds.filter((id) => !excludeZones.includes(id));
    const message =
        zoneIds.length > 0 && watched.length === 0
            ? "ThreatInsight blocks suspicious addresses, and leaves these zones alone"
            : "ThreatInsight refuses addresses that it takes for suspicious before any policy, also granted ones " +
              "(the System Log has security.threat.detected then)";
    return { kind: "threat-insight", subject: "ThreatInsight", message, weight: "note" };
}
