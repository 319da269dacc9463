import * as pulumi from "@pulumi/pulumi";

import { OktaResource } from "./oktaResource";

export interface ExistingArgs {
    /** The id of an existing authentication policy. */
    readonly policyId?: pulumi.Input<string>;
    /** The id of a rule of that policy. */
    readonly ruleId?: pulumi.Input<string>;
    /** Ids of apps. */
    readonly apps: readonly string[];
}

/** Checks that what a stack names exists in Okta; creates nothing there. */
export class Existing extends OktaResource {
    constructor(name: string, args: ExistingArgs, opts?: pulumi.CustomResourceOptions) {
        super("existing", "Existing", name, { ...args }, opts);
    }
}

/** A text that depends on a resource: what uses it is not written before. */
export function once(resource: pulumi.Resource, text: pulumi.Input<string>): pulumi.Output<string> {
    return pulumi.all([resource.urn, text]).apply(([, known]) => known);
}
