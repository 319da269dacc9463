import { quote } from "../errors/quote";
import type { Finding } from "./judge";

/**
 * A rule of a policy, as Okta would have it. What a preview does not know yet is
 * undefined, and is not checked.
 */
export interface RuleInForce {
    readonly name: string | undefined;
    /** Whether it is the last rule, which Okta creates with the policy. */
    readonly isCatchAll: boolean;
    /** `DENY`, or a value that allows access. */
    readonly access: string | undefined;
    readonly status: string | undefined;
    /** `ANYWHERE` or `ZONE`. */
    readonly connection: string | undefined;
    /** Zones; those whose id is not known yet count. */
    readonly includes: readonly unknown[] | undefined;
    readonly excludes: readonly unknown[] | undefined;
    /** Groups that a user has to be in, one of them; those whose id is not known yet count. @default none */
    readonly groups?: readonly unknown[] | undefined;
}

/** Whether the rule admits users. */
export function admits({ access, status }: RuleInForce): boolean {
    return access !== undefined && access !== "DENY" && status !== "INACTIVE";
}

/** Checks the catch-all rule. Okta creates it open; while it is, a zone protects nothing. */
export function judgeCatchAll(rule: RuleInForce): Finding[] {
    if (!rule.isCatchAll || !admits(rule)) return [];
    const problem = `${title(rule)} admits everybody who matches no other rule: set access: "DENY"`;
    return [{ rule: "catch-all-allows", subject: subjectOf(rule), problem }];
}

/**
 * @param catchAll Of a policy that is created: whether its catch-all stays open. Undefined when it is not known yet.
 */
export function judgeNewPolicy(subject: string, catchAll: boolean | undefined): Finding[] {
    if (catchAll !== true) return [];
    const problem = "its catch-all rule admits everybody who matches no other rule: set catchAll: false";
    return [{ rule: "catch-all-allows", subject, problem }];
}

/**
 *   connection   includes   excludes   access   a finding, because
 *   ZONE         some       none       any      -
 *   ZONE         none       some       DENY     -
 *   ZONE         none       some       ALLOW    admits everyone else
 *   ZONE         none       none       any      names no zone
 *   ZONE         some       some       any      Okta takes one of the two
 *   ANYWHERE     none       none       any      - (see `judgeAnywhere`)
 *   ANYWHERE     some       any        any      the zones do not count
 *   ON_NETWORK   any        any        any      Okta has no such condition any more
 */
export function judgeZones(rule: RuleInForce): Finding[] {
    const { connection, includes, excludes } = rule;
    if (connection === undefined || includes === undefined || excludes === undefined) return [];
    const problem = zonesProblem(rule, connection, includes.length > 0, excludes.length > 0);
    return problem === undefined
        ? []
        : [{ rule: "rule-without-zones", subject: subjectOf(rule), problem: `${title(rule)} ${problem}` }];
}

function zonesProblem(rule: RuleInForce, connection: string, includes: boolean, excludes: boolean): string | undefined {
    switch (connection) {
        case "ZONE":
            if (includes && excludes) return "includes zones and excludes zones; Okta takes one of the two";
            if (includes) return undefined;
            if (!excludes) return "is for zones and names none: set networkIncludes";
            return admits(rule)
                ? "lets in everybody outside the zones that it excludes: set networkIncludes"
                : undefined;
        case "ANYWHERE":
            return includes || excludes ? 'names zones that do not count: set networkConnection: "ZONE"' : undefined;
        default:
            return `has the network condition ${quote(connection)}, which Okta does not have: use "ZONE"`;
    }
}

/** Checks for a rule that admits any address, which makes the zones of the policy's other rules pointless. */
export function judgeAnywhere(rule: RuleInForce, exemptRules: readonly string[] = []): Finding[] {
    const isMeant = rule.name !== undefined && exemptRules.includes(rule.name);
    if (rule.isCatchAll || isMeant || !admits(rule) || rule.connection !== "ANYWHERE") return [];
    const problem = `${title(rule)} lets in from anywhere: set networkConnection: "ZONE" and networkIncludes`;
    return [{ rule: "rule-allows-anywhere", subject: subjectOf(rule), problem }];
}

/**
 * Checks that a rule requires the group. A zone admits every user who comes from an address; with the group, only users
 * with a grant.
 */
export function judgeBinding(rule: RuleInForce, exemptRules: readonly string[] = []): Finding[] {
    const { name, isCatchAll, connection, includes = [], groups } = rule;
    const isMeant = name !== undefined && exemptRules.includes(name);
    if (isCatchAll || isMeant || !admits(rule) || connection !== "ZONE" || includes.length === 0) return [];
    if (groups === undefined || groups.length > 0) return [];
    const problem =
        `${title(rule)} lets in everybody who comes from an address in the zone: bind grants to users ` +
        "(zonekeeper:bindToUser, or groupIds of InZoneRule)";
    return [{ rule: "rule-without-group", subject: subjectOf(rule), problem }];
}

function title({ name }: RuleInForce): string {
    return name === undefined ? "the rule" : `the rule ${quote(name)}`;
}

function subjectOf({ name }: RuleInForce): string {
    return name ?? "a rule";
}
