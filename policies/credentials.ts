import type { ResourceValidationPolicy } from "@pulumi/policy";

import { judgeCredentials } from "../src/core/judging/judgeCredentials";
import { isProduction, type ProductionConfig, productionSchema } from "./production";
import { isSet } from "./reading";
import { reportAll } from "./report";
import { OKTA_PROVIDER } from "./types";

export type Env = Readonly<Record<string, string | undefined>>;

/**
 * An OAuth app has scopes and a key that can be changed without a pause; an API
 * token is its admin, whole.
 *
 * A policy sees the Okta provider as a resource, the default one too, but only
 * with its settings. Variables such as `OKTA_API_TOKEN` are no part of these, so
 * they are read where the policy runs: Pulumi starts it with its own environment.
 */
export const apiTokenInProduction = (env: Env): ResourceValidationPolicy => ({
    name: "api-token-in-production",
    description: "Production stacks reach Okta by an OAuth app.",
    enforcementLevel: "advisory",
    configSchema: productionSchema,
    validateResource({ type, urn, name, props, getConfig }, report) {
        if (type !== OKTA_PROVIDER || !isProduction(urn, getConfig<ProductionConfig>())) return;
        const has = (key: string, variable: string) => isSet(props, key) || isSet(env, variable);
        const credentials = {
            accessToken: has("accessToken", "OKTA_ACCESS_TOKEN"),
            apiToken: has("apiToken", "OKTA_API_TOKEN"),
            privateKey: has("privateKey", "OKTA_API_PRIVATE_KEY"),
        };
        reportAll(judgeCredentials(name, credentials), report);
    },
});
