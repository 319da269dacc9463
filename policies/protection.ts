import type { ResourceValidationPolicy } from "@pulumi/policy";

import { judgeProtection } from "../src/core/judging/judgeZone";
import { isProduction, type ProductionConfig, productionSchema } from "./production";
import { reportAll } from "./report";
import { AUTHENTICATION_POLICY, SESSION_POLICY, ZONE } from "./types";

const PRECIOUS = [ZONE, AUTHENTICATION_POLICY, SESSION_POLICY];

/**
 * Without its zone everybody is outside; without its policy an app falls back to
 * the org's default one, which usually lets in everybody. Neither may follow from
 * a renamed variable.
 */
export const unprotectedInProduction: ResourceValidationPolicy = {
    name: "unprotected-in-production",
    description: "Zones and policies of production stacks are protected.",
    enforcementLevel: "mandatory",
    configSchema: productionSchema,
    validateResource({ type, urn, name, opts, getConfig }, report) {
        if (!PRECIOUS.includes(type) || !isProduction(urn, getConfig<ProductionConfig>())) return;
        reportAll(judgeProtection(name, opts.protect), report);
    },
};
