/** Types of resources, as Pulumi names them. */
export const ZONE = "okta:network/zone:Zone";
export const POLICY = "okta:index/appSignonPolicy:AppSignonPolicy";
export const RULE = "okta:index/appSignonPolicyRule:AppSignonPolicyRule";
export const SESSION_RULE = "okta:policy/ruleSignon:RuleSignon";
export const ASSIGNMENT = "okta:app/accessPolicyAssignment:AccessPolicyAssignment";
export const SETTINGS = "pulumi-nodejs:dynamic/zonekeeper:ZoneSettings";
export const SYSTEM_ZONE = "pulumi-nodejs:dynamic/zonekeeper:SystemZone";
export const EXISTING = "pulumi-nodejs:dynamic/zonekeeper:Existing";
export const SHARDS = "pulumi-nodejs:dynamic/zonekeeper:ZoneShards";
export const DELETION_GUARD = "pulumi-nodejs:dynamic/zonekeeper:DeletionGuard";
export const MEMBERSHIP = "pulumi-nodejs:dynamic/zonekeeper:ZoneMembership";

/** The type of one of our components. */
export function ours(component: string): string {
    return `zonekeeper:index:${component}`;
}
