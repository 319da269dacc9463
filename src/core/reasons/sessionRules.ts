import type { PeopleCondition } from "./people";
import type { OtherZones } from "./reach";
import { type Reason, titleOf } from "./reason";
import { namesOneOf } from "./zoneWords";

export interface SessionPolicy {
    readonly id: string;
    readonly name: string;
    readonly status: string;
    /** The users and groups that it is for. @default everybody */
    readonly people?: PeopleCondition;
    /** In the order in which Okta tries them. */
    readonly rules: readonly SessionRule[];
}

export interface SessionRule {
    readonly name: string;
    readonly status: string;
    readonly access: string | undefined;
    /** `ANYWHERE` or `ZONE`. */
    readonly connection: string;
    readonly include: readonly string[];
    readonly exclude: readonly string[];
    /** Whether it is for some people, groups or devices only. */
    readonly isNarrow: boolean;
    /** The users and groups that it names. @default none */
    readonly people?: PeopleCondition;
    /** Names of the other restricting conditions, such as `device`. @default none */
    readonly narrowedBy?: readonly string[];
    /** Why it does not apply to the person of the question. @default it applies, or there is no person */
    readonly notFor?: string;
    /** Of a rule that names only zones of others, what these are to the addresses in question. @default not looked at */
    readonly others?: OtherZones;
}

/**
 * The effect of global session policies on zones. Okta evaluates them when a session begins, before the
 * authentication policy of an app.
 *
 *   an active rule of an active policy              weight
 *   allows who is in one of the zones               note: the address counts when a session begins, and not again
 *   denies who is in one of the zones               fault, or doubt where it is for some people only
 *   denies everybody, before a rule that allows     fault, or doubt where it is for some people only
 *   denies who is in another zone, or not in it     as `denies everybody`, by the addresses in question: fault if it
 *                                                   is about all of them, doubt if about some, and - if about none
 *   denies who is not in another zone               fault, or doubt where it is for some people only, if it is not
 *                                                   known how many of the addresses are there
 *   denies who is not in one of the zones           note: it keeps out those outside, as the grants do
 *   allows who is not in one of the zones           note: it is another rule that decides about those inside
 *   any other                                       -
 *
 * A rule of a policy that is for some groups, or that comes after one that lets some people in, is for some people only.
 *
 * @param policies Of type OKTA_SIGN_ON, and the rules of each, in the order in which Okta tries them.
 */
export function sessionReasons(policies: readonly SessionPolicy[], zoneIds: readonly string[]): Reason[] {
    const active = policies.filter(({ status }) => status === "ACTIVE");
    // A person meets the first policy that is for them, and the next one only where none of its rules decides.
    const before = (index: number) => active.slice(0, index).filter((policy) => letsAllIn(policy, zoneIds));
    return active.flatMap((policy, index) => {
        const earlier = before(index);
        if (earlier.some(({ people }) => people === undefined)) return [];
        return reasonsOf(policy, zoneIds, earlier.length > 0);
    });
}

/** @param isForTheRest Whether an earlier policy lets some people in. */
function reasonsOf(policy: SessionPolicy, zoneIds: readonly string[], isForTheRest: boolean): Reason[] {
    const active = activeRules(policy);
    const allows = active.findIndex((rule) => letsIn(rule, zoneIds));
    const isForSome = policy.people !== undefined || isForTheRest;
    return active.flatMap((each, index): Reason[] => {
        const rule = isForSome ? { ...each, isNarrow: true } : each;
        const isOutside = rule.access === "DENY" && rule.connection === "ZONE" && namesOneOf(rule.exclude, zoneIds);
        const said = isOutside
            ? "keeps out who is not inside the zone, when a session begins"
            : rule.access === "DENY"
              ? denial(rule, zoneIds)
              : permission(rule, zoneIds);
        // A rule after one that admits the same users is never evaluated.
        if (said === undefined || (rule.access === "DENY" && allows >= 0 && allows < index)) return [];
        const subject = `the rule "${rule.name}" of the global session policy ${titleOf(policy)}`;
        const isDoubtful = rule.isNarrow || rule.others?.reach === "some";
        const weight = rule.access !== "DENY" || isOutside ? "note" : isDoubtful ? "doubt" : "fault";
        return [{ kind: "session-rule", subject, message: `${subject} ${said}`, weight }];
    });
}

function activeRules({ rules }: SessionPolicy): SessionRule[] {
    return rules.filter(({ status, notFor }) => status === "ACTIVE" && notFor === undefined);
}

/** Whether a rule lets in all of the addresses in question, of everybody whom its policy is for. */
function letsIn(rule: SessionRule, zoneIds: readonly string[]): boolean {
    return rule.access !== "DENY" && !rule.isNarrow && (rule.connection !== "ZONE" || isForUs(rule, zoneIds));
}

/** Whether a policy decides that they get in, so that no later policy is evaluated for those whom it is for. */
function letsAllIn(policy: SessionPolicy, zoneIds: readonly string[]): boolean {
    return activeRules(policy).some((rule) => letsIn(rule, zoneIds));
}

function namesUs({ include }: SessionRule, zoneIds: readonly string[]): boolean {
    return namesOneOf(include, zoneIds);
}

/** Whether a condition "in" or "not in" is met by all of the addresses in question. */
function isForUs(rule: SessionRule, zoneIds: readonly string[]): boolean {
    return namesUs(rule, zoneIds) || rule.others?.reach === "all";
}

function denial(rule: SessionRule, zoneIds: readonly string[]): string | undefined {
    const some = rule.isNarrow ? "some people" : "everybody";
    if (rule.connection !== "ZONE") return `keeps out ${some}, wherever from`;
    if (namesUs(rule, zoneIds)) return `keeps out ${some} who is inside the zone`;
    if (rule.others !== undefined) return othersDenial(some, rule.include.length > 0, rule.others);
    const isBeside = rule.exclude.length > 0 && !namesOneOf(rule.exclude, zoneIds);
    return isBeside ? `keeps out ${some} who is not in ${rule.exclude.join(", ")}, whatever is granted` : undefined;
}

function othersDenial(some: string, isInclude: boolean, { reach, zones, where }: OtherZones): string | undefined {
    if (reach === "none" || (isInclude && reach === undefined)) return undefined;
    if (isInclude) return `keeps out ${some} who is inside ${zones}, ${where}`;
    return `keeps out ${some} who is not in ${zones}${reach === "some" ? `, ${where} not` : ", whatever is granted"}`;
}

function permission(rule: SessionRule, zoneIds: readonly string[]): string | undefined {
    if (rule.connection !== "ZONE") return undefined;
    if (namesUs(rule, zoneIds))
        return "lets in who is inside the zone, when a session begins and not again until it ends";
    if (namesOneOf(rule.exclude, zoneIds))
        return "lets in who is not inside the zone; another rule decides about those inside";
    return undefined;
}
