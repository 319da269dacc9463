import * as okta from "@pulumi/okta";
import * as pulumi from "@pulumi/pulumi";

import { refuse } from "./refuse";

/**
 * A text that is there once the Okta org that answers is the expected one.
 * Whatever needs it, such as the name of a zone, is not written to another org:
 * with the credentials of the wrong stack nothing happens, and a preview says so.
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
