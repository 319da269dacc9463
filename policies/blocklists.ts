import type { StackValidationPolicy } from "@pulumi/policy";

import { judgeBlocklist } from "../src/core/judging/judgeGateways";
import { textsOf } from "./reading";
import { reportAll } from "./report";
import { isBlocklist, isExemptList, isIpZone, isStaticZone, nameOf, zonesOf } from "./stackFacts";
import { MEMBERSHIP, SYSTEM_ZONE } from "./types";

/**
 * Okta refuses an address on a blocklist before it asks any policy. A static
 * gateway there locks out those who count on it, and perhaps the administrators.
 */
export const blocklistShutsOutOwn: StackValidationPolicy = {
    name: "blocklist-shuts-out-own",
    description: "No blocklist holds an address that has a static gateway.",
    enforcementLevel: "mandatory",
    validateStack({ resources }, report) {
        const zones = resources.filter((each) => isIpZone(each) || each.type === SYSTEM_ZONE);
        const memberships = resources.filter(({ type }) => type === MEMBERSHIP);
        const own = [
            ...memberships.flatMap(({ props }) => textsOf(props, "staticGateways")),
            ...zones.filter(isStaticZone).flatMap(({ props }) => textsOf(props, "gateways")),
        ];
        const exempt = zones.filter(isExemptList).flatMap(({ props }) => textsOf(props, "gateways"));
        for (const zone of zones.filter(isBlocklist)) {
            const keepers = memberships.filter((each) => zonesOf(each, ["zoneIds"], resources).includes(zone));
            const kept = keepers.flatMap(({ props }) => textsOf(props, "staticGateways"));
            const blocked = [...new Set([...textsOf(zone.props, "gateways"), ...kept])];
            reportAll(judgeBlocklist({ subject: nameOf(zone), blocked, own, exempt }), report, zone.urn);
        }
    },
};
