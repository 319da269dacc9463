import { policies as policiesOf } from "../policies/policies";

interface PolicyHead {
    readonly name: string;
    readonly description: string;
    readonly enforcementLevel?: "advisory" | "mandatory" | "remediate" | "disabled";
    // biome-ignore lint/suspicious/noExplicitAny: the types of @pulumi/policy do not pass without skipLibCheck (1.21)
    readonly configSchema?: any;
}

// biome-ignore lint/suspicious/noExplicitAny: as above
type Validation = (args: any, report: (message: string, urn?: string) => void) => void | Promise<void>;

/** What `new PolicyPack` of @pulumi/policy takes. */
export interface ResourcePolicy extends PolicyHead {
    readonly validateResource?: Validation | Validation[];
}

export interface StackPolicy extends PolicyHead {
    readonly validateStack: Validation;
}

/**
 * The package's entry `zonekeeper/policies`: what `policy-pack` enforces, for a pack of one's own. Making a pack of them starts
 * a server; this list starts nothing.
 *
 * @example
 * new PolicyPack("ours", { policies: [...policies, ourOwn] });
 */
export const policies: (ResourcePolicy | StackPolicy)[] = policiesOf({ env: process.env, now: Date.now });
