import type { ResourceValidationPolicy } from "@pulumi/policy";

import { judgeAnywhere, judgeBinding, judgeCatchAll, judgeNewPolicy, judgeZones } from "../src/core/judging/judgeRule";
import { catchAllOf, rulesIn } from "./facts";
import { reportAll } from "./report";
import { AUTHENTICATION_POLICY, SESSION_RULE } from "./types";

/**
 * Okta makes every authentication policy with a last rule that lets in everybody,
 * so that a rule for a zone alone protects nothing. `catchAll: false` closes it
 * when the policy is created, and only then: of a policy that was there before,
 * the rule itself is imported and has to deny.
 */
export const catchAllAllows: ResourceValidationPolicy = {
    name: "catch-all-allows",
    description: "The catch-all rule of an authentication policy denies access.",
    enforcementLevel: "mandatory",
    validateResource({ type, name, props }, report) {
        if (type === AUTHENTICATION_POLICY) reportAll(judgeNewPolicy(name, catchAllOf(props)), report);
        reportAll(rulesIn(type, props).flatMap(judgeCatchAll), report);
    },
};

/**
 * Okta lets in by the first rule that fits. One that fits from anywhere makes the
 * zones of its neighbours pointless, and is easily left over from a test.
 */
export const ruleAllowsAnywhere: ResourceValidationPolicy = {
    name: "rule-allows-anywhere",
    description: "A rule that lets in says from where.",
    enforcementLevel: "mandatory",
    configSchema: {
        properties: {
            exemptRules: {
                type: "array",
                items: { type: "string" },
                description: "Names of rules that are meant to let in from anywhere.",
                default: [],
            },
        },
    },
    validateResource({ type, props, getConfig }, report) {
        const { exemptRules = [] } = getConfig<{ readonly exemptRules?: string[] }>();
        reportAll(
            rulesIn(type, props).flatMap((rule) => judgeAnywhere(rule, exemptRules)),
            report,
        );
    },
};

/**
 * A condition on zones that names none, or that only leaves some out, lets in
 * more than it seems to; Okta refuses some of these, but only when it is written.
 */
export const ruleWithoutZones: ResourceValidationPolicy = {
    name: "rule-without-zones",
    description: "A rule for zones names those that it lets in.",
    enforcementLevel: "mandatory",
    validateResource({ type, props }, report) {
        reportAll(rulesIn(type, props).flatMap(judgeZones), report);
    },
};

/**
 * Without a group, everyone who shares an address with a granted user gets in: a café, an office, a carrier's shared
 * address.
 */
export const ruleWithoutGroup: ResourceValidationPolicy = {
    name: "rule-without-group",
    description: "A rule that lets in from a zone asks for a group as well, so that grants are bound to users.",
    enforcementLevel: "advisory",
    configSchema: {
        properties: {
            exemptRules: {
                type: "array",
                items: { type: "string" },
                description: "Names of rules that are meant for everybody who comes from the zone.",
                default: [],
            },
        },
    },
    validateResource({ type, props, getConfig }, report) {
        // A session begins before anything is known of the groups of a user.
        if (type === SESSION_RULE) return;
        const { exemptRules = [] } = getConfig<{ readonly exemptRules?: string[] }>();
        reportAll(
            rulesIn(type, props).flatMap((rule) => judgeBinding(rule, exemptRules)),
            report,
        );
    },
};
