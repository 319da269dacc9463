import type { StackValidationPolicy } from "@pulumi/policy";

import { admits } from "../src/core/judging/judgeRule";
import { judgeRuleZone } from "../src/core/judging/judgeZone";
import { rulesIn } from "./facts";
import { listOf } from "./reading";
import { reportAll } from "./report";
import { ignoresGateways, isIpZone, isKept, nameOf, zonesOf } from "./stackFacts";

/**
 * A zone that a rule lets in by is empty for no moment, and its gateways are the
 * grants': a zone that does not ignore them is written back to what the program
 * says at its next update, which evicts everybody.
 */
export const ruleZoneUnkept: StackValidationPolicy = {
    name: "rule-zone-unkept",
    description: "A zone that a rule lets in by has a gateway, and leaves its gateways to the grants.",
    enforcementLevel: "mandatory",
    configSchema: {
        properties: {
            exemptZones: {
                type: "array",
                items: { type: "string" },
                description: "Names of zones whose gateways are the program's alone.",
                default: [],
            },
        },
    },
    validateStack({ resources, getConfig }, report) {
        const { exemptZones = [] } = getConfig<{ readonly exemptZones?: string[] }>();
        const rules = resources.filter((rule) => rulesIn(rule.type, rule.props).some(admits));
        const used = new Set(rules.flatMap((rule) => zonesOf(rule, ["networkIncludes", "rules"], resources)));
        for (const zone of resources.filter((each) => used.has(each) && isIpZone(each))) {
            const subject = nameOf(zone);
            if (exemptZones.includes(subject)) continue;
            const gateways = isKept(zone, resources) ? undefined : listOf(zone.props, "gateways");
            reportAll(judgeRuleZone({ subject, gateways, ignoresGateways: ignoresGateways(zone) }), report, zone.urn);
        }
    },
};
