import { type Policy, policies as policiesOf } from "../policies/policies";

/**
 * The package's entry `zonekeeper/policies`: what `policy-pack` enforces, for a pack of one's own. Making a pack of them starts
 * a server; this list starts nothing.
 *
 * @example
 * new PolicyPack("ours", { policies: [...policies, ourOwn] });
 */
export const policies: Policy[] = policiesOf({ env: process.env, now: Date.now });
