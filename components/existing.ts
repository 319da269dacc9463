import * as pulumi from "@pulumi/pulumi";

import { OktaResource } from "./oktaResource";

export interface ExistingArgs {
    /** The id of an authentication policy that somebody else made. */
    readonly policyId?: pulumi.Input<string>;
    /** The id of a rule of that policy. */
    readonly ruleId?: pulumi.Input<string>;
    /** Ids of apps. */
    readonly apps: readonly string[];
}

/** Makes sure that what a stack names is there in Okta; it is nothing there itself. */
export class Existing extends OktaResource {
    constructor(name: string, args: ExistingArgs, opts?: pulumi.CustomResourceOptions) {
        super("existing", "Existing", name, { ...args }, opts);
    }
}

/** The text, once this resource is there: whatever needs it is not written before. */
export function once(resource: pulumi.Resource, text: pulumi.Input<string>): pulumi.Output<string> {
    return pulumi.all([resource.urn, text]).apply(([, known]) => known);
}
