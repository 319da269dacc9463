import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";

import { blocklistShutsOutOwn } from "./blocklists";
import { apiTokenInProduction, type Env } from "./credentials";
import { gatewayTooWide, liveGatewayTooWide } from "./gateways";
import { grantLastsTooLong } from "./grants";
import { unprotectedInProduction } from "./protection";
import { catchAllAllows, ruleAllowsAnywhere, ruleWithoutGroup, ruleWithoutZones } from "./rules";
import { ruleZoneUnkept } from "./ruleZones";
import { zoneWithoutStackName } from "./zoneName";

export interface Surroundings {
    /** Of the Pulumi CLI that asks. */
    readonly env: Env;
    /** Milliseconds since 1970 in UTC. */
    readonly now: () => number;
}

export type Policy = ResourceValidationPolicy | StackValidationPolicy;

/** What the pack enforces, in the order it reports. Each is explained in docs/reference/policies.md. */
export function policies({ env, now }: Surroundings): Policy[] {
    return [
        gatewayTooWide,
        catchAllAllows,
        ruleAllowsAnywhere,
        ruleWithoutZones,
        ruleWithoutGroup,
        unprotectedInProduction,
        zoneWithoutStackName,
        apiTokenInProduction(env),
        grantLastsTooLong(now),
        liveGatewayTooWide,
        ruleZoneUnkept,
        blocklistShutsOutOwn,
    ];
}
