import { difference } from "../../core/membership/plan";
import type { Zone } from "../../okta/zones/zones";
import type { AgentEvent } from "../events/events";
import type { Observation } from "./zoneState";

/** What a look at a zone has to be recorded as. */
export function eventsOfLook(
    zone: string,
    observation: Observation,
    seen: Zone,
    drift: "heal" | "report",
    by?: string,
): readonly AgentEvent[] {
    switch (observation.kind) {
        case "verified":
            return [{ type: "zone.verified", zone, write: observation.write.id }];
        case "carried-out":
        case "not-carried-out":
        case "overwritten":
            return [{ type: "write.settled", zone, write: observation.write.id, outcome: observation.kind }];
        case "drift": {
            const { add: added, remove: removed } = difference(zone, observation.expected, seen.gateways);
            const outcome = drift === "heal" ? ("healed" as const) : ("reported" as const);
            const found = {
                type: "drift.found" as const,
                zone,
                added,
                removed,
                outcome,
                ...(by !== undefined && { by }),
            };
            if (observation.write === undefined) return [found];
            return [{ type: "write.settled", zone, write: observation.write.id, outcome: "overwritten" }, found];
        }
        default:
            return [];
    }
}

/**
 * Whether a look shows a zone in which grants have no effect, or have it again.
 *
 * @param before What was seen before; undefined at the first look
 */
export function effectOfLook(
    zone: string,
    before: Zone | undefined,
    { status, usage }: Zone,
    by?: string,
): readonly AgentEvent[] {
    const [statusBefore, usageBefore] = [before?.status ?? "ACTIVE", before?.usage ?? "POLICY"];
    if (status === statusBefore && usage === usageBefore) return [];
    if (status === "ACTIVE" && usage === "POLICY") return [{ type: "zone.effective", zone }];
    return [{ type: "zone.ineffective", zone, status, usage, ...(by !== undefined && { by }) }];
}

/** Whether the plan may have to change because of a look. */
export function isWorthARound({ kind }: Observation, drift: "heal" | "report"): boolean {
    if (kind === "drift") return drift === "heal";
    return kind === "first" || kind === "carried-out" || kind === "not-carried-out" || kind === "overwritten";
}
