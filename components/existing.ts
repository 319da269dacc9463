import * as pulumi from "@pulumi/pulumi";

import { provider } from "./provider";

export interface ExistingArgs {
    /** The id of an authentication policy that somebody else made. */
    readonly policyId?: pulumi.Input<string>;
    /** Ids of apps. */
    readonly apps: readonly string[];
}

/** Makes sure that what a stack names is there in Okta; it is nothing there itself. */
export class Existing extends pulumi.dynamic.Resource {
    constructor(name: string, args: ExistingArgs, opts?: pulumi.CustomResourceOptions) {
        super(provider("existing"), name, { ...args }, opts, "zonekeeper", "Existing");
    }
}

/** The text, once this resource is there: whatever needs it is not written before. */
export function once(resource: pulumi.Resource, text: pulumi.Input<string>): pulumi.Output<string> {
    return pulumi.all([resource.urn, text]).apply(([, known]) => known);
}
