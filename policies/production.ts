import type { PolicyConfigSchema } from "@pulumi/policy";

import { linearPattern } from "../src/core/patterns/linearPattern";

/** By default every stack whose name begins with `prod`. */
export const PRODUCTION_STACKS = "^prod";

export const productionSchema: PolicyConfigSchema = {
    properties: {
        productionStacks: {
            type: "string",
            description: "A regular expression that the names of production stacks match.",
            default: PRODUCTION_STACKS,
        },
    },
};

export interface ProductionConfig {
    readonly productionStacks?: string;
}

/** The stack's name in a URN such as `urn:pulumi:dev::zonekeeper::…`. */
export function stackOf(urn: string): string {
    return urn.split("::")[0]?.split(":").at(-1) ?? "";
}

/** @throws an error for a regular expression that is none, which fails the preview */
export function isProduction(urn: string, { productionStacks = PRODUCTION_STACKS }: ProductionConfig): boolean {
    const pattern = linearPattern(productionStacks);
    if ("problem" in pattern)
        throw new Error(`productionStacks is not a regular expression of RE2: ${pattern.problem}`);
    return pattern.isIn(stackOf(urn));
}
