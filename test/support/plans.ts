import type { Grant } from "../../src/core/grants/grants";
import { type PlanInput, planGateways } from "../../src/core/membership/plan";
import { NOW } from "./grants";

export type Zones = readonly (readonly string[])[];

/** The plan for zones `nzo1`, `nzo2`, … with these gateways, at NOW. */
export function plan(zones: Zones, grants: readonly Grant[], limit = 150, more: Partial<PlanInput> = {}) {
    return planGateways({
        zones: zones.map((gateways, index) => ({ id: `nzo${index + 1}`, gateways, limit })),
        grants,
        nowMs: NOW,
        ...more,
    });
}

/** The lists of gateways, zone by zone. */
export const gatewaysOf = ({ zones }: ReturnType<typeof plan>) => zones.map(({ gateways }) => gateways);
