import * as okta from "@pulumi/okta";
import * as pulumi from "@pulumi/pulumi";

import { refuse } from "./refuse";

/**
 * A text that resolves once the Okta org is known to be the expected one. What
 * uses it, such as the name of a zone, is not written to another org: with the
 * credentials of the wrong stack nothing is written, and a preview reports it.
 *
 * @param orgId Okta's id of the org, `00o…`; it is in `/.well-known/okta-organization`.
 */
export function inExpectedOrg(orgId: string, text: pulumi.Input<string>, parent: pulumi.Resource) {
    return pulumi.all([okta.getOrgMetadataOutput({}, { parent }), text]).apply(([{ id }, known]) => {
        if (id === orgId) return known;
        const remedy = "check okta:orgName, okta:baseUrl and the OKTA_* variables, or zonekeeper:orgId";
        return refuse(`the Okta org that answers is ${id}, but this stack is for ${orgId}: ${remedy}`, "org-mixed-up");
    });
}
