import { GrantedAccess } from "./components/grantedAccess";
import { stackSettings } from "./components/stackSettings";

const access = new GrantedAccess("access", stackSettings());

export const zoneIds = access.zoneIds;
export const policyId = access.policyId;
export const ruleId = access.ruleId;
export const gateways = access.gateways;
export const refused = access.refused;
export const unusable = access.unusable;
