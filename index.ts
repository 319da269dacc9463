import { GrantedAccess } from "./components/grantedAccess";
import { stackSettings } from "./components/stackSettings";
import { settingsOutput } from "./src/core/settings/stackOutputs";

const own = stackSettings();
const { zoneIds, policyId, ruleId, groupId, gateways, refused, unusable } = new GrantedAccess("access", own);

/** The outputs of the stack. Pulumi warns of each that is undefined. */
export = {
    zoneIds,
    policyId,
    ruleId,
    /** The group of `bindToUser`. */
    ...(groupId !== undefined && { groupId }),
    gateways,
    refused,
    unusable,
    /** For `zonekeeper sync --stack` and an agent with `stack:`. */
    settings: settingsOutput(own),
};
