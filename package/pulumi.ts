/** The package's entry `zonekeeper/pulumi`: components for a Pulumi program of one's own. */
export {
    BlockedIpZone,
    type BlockedIpZoneArgs,
    DefaultExemptIpZone,
    type DefaultExemptIpZoneArgs,
    LegacyIpZone,
    type LegacyIpZoneArgs,
} from "../components/defaultZones";
export { GrantedAccess, type GrantedAccessArgs } from "../components/grantedAccess";
export { GrantedZone, type GrantedZoneArgs } from "../components/grantedZone";
export { InZoneRule, type InZoneRuleArgs } from "../components/inZoneRule";
export { IpZone, type IpZoneArgs } from "../components/ipZone";
export { type OktaRangesArgs, oktaRanges } from "../components/oktaRanges";
export { RangesZone, type RangesZoneArgs } from "../components/rangesZone";
export { type MembershipRulesArgs, ZoneMembership, type ZoneMembershipArgs } from "../components/zoneMembership";
