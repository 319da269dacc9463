import * as pulumi from "@pulumi/pulumi";

import { type ProviderName, storedText } from "../src/provider/lazyProvider.cjs";
import { requireListed } from "./listed";

/**
 * A dynamic resource like `pulumi.dynamic.Resource`. That class loads a compiler and a debugger to serialize the provider,
 * which takes a tenth of the time of a run; the text of these providers is known.
 */
export abstract class DynamicResource extends pulumi.CustomResource {
    /** @param type The last part of the type token: `pulumi-nodejs:dynamic/zonekeeper:ZoneSettings`. */
    constructor(
        what: ProviderName,
        type: string,
        name: string,
        props: pulumi.Inputs,
        opts?: pulumi.CustomResourceOptions,
    ) {
        requireListed();
        const inputs = { ...props, __provider: storedText(what) };
        super(`pulumi-nodejs:dynamic/zonekeeper:${type}`, name, inputs, opts);
    }
}
