import { GrantedAccess } from "./components/grantedAccess";
import { stackSettings } from "./components/stackSettings";
import { settingsOutput } from "./src/core/settings/stackOutputs";

const own = stackSettings();
const access = new GrantedAccess("access", own);

export const zoneIds = access.zoneIds;
export const policyId = access.policyId;
export const ruleId = access.ruleId;
/** The group of `bindToUser`. */
export const groupId = access.groupId;
export const gateways = access.gateways;
export const refused = access.refused;
export const unusable = access.unusable;
/** For `zonekeeper sync --stack` and an agent with `stack:`. */
export const settings = settingsOutput(own);
