/** Okta's types by their tokens: loading @pulumi/okta for its classes would take a second of every preview. */
export const ZONE = "okta:network/zone:Zone";
export const AUTHENTICATION_POLICY = "okta:index/appSignonPolicy:AppSignonPolicy";
export const AUTHENTICATION_RULE = "okta:index/appSignonPolicyRule:AppSignonPolicyRule";
/** All rules of an authentication policy in one resource. */
export const AUTHENTICATION_RULES = "okta:app/signonPolicyRules:SignonPolicyRules";
export const SESSION_POLICY = "okta:policy/signon:Signon";
export const SESSION_RULE = "okta:policy/ruleSignon:RuleSignon";
export const OKTA_PROVIDER = "pulumi:providers:okta";

/** Dynamic resources have no class that `isType` could know. */
export const ZONE_SETTINGS = "pulumi-nodejs:dynamic/zonekeeper:ZoneSettings";
export const SYSTEM_ZONE = "pulumi-nodejs:dynamic/zonekeeper:SystemZone";
export const MEMBERSHIP = "pulumi-nodejs:dynamic/zonekeeper:ZoneMembership";
