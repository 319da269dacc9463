import * as pulumi from "@pulumi/pulumi";

import { refuse } from "./refuse";

/**
 * The output `policyId` of another stack, such as that of a team that manages the policies.
 *
 * @param stack Its whole name, `<organization>/<project>/<stack>`; on a self-managed backend the organization is `organization`.
 */
export function policyIdOf(stack: string, parent: pulumi.Resource | undefined): pulumi.Output<string> {
    const found = new pulumi.StackReference(stack, {}, parent && { parent }).getOutput("policyId");
    return found.apply((policyId) => {
        if (typeof policyId === "string") return policyId;
        return refuse(
            `the stack ${stack} has no output policyId: export it there, or set zonekeeper:policyId instead of zonekeeper:policyStack`,
        );
    });
}
