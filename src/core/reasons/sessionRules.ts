import type { PeopleCondition } from "./people";
import { type Reason, titleOf } from "./reason";
import { namesOneOf } from "./zoneWords";

export interface SessionPolicy {
    readonly id: string;
    readonly name: string;
    readonly status: string;
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
}

/**
 * The effect of global session policies on zones. Okta evaluates them when a session begins, before the
 * authentication policy of an app.
 *
 *   an active rule of an active policy              weight
 *   allows who is in one of the zones               note: the address counts when a session begins, and not again
 *   denies who is in one of the zones               fault, or doubt where it is for some people only
 *   denies everybody, before a rule that allows     fault, or doubt where it is for some people only
 *   denies who is not in a zone, and names others   fault, or doubt where it is for some people only
 *   denies who is not in one of the zones           note: it keeps out those outside, as the grants do
 *   allows who is not in one of the zones           note: it is another rule that decides about those inside
 *   any other                                       -
 *
 * @param policies Of type OKTA_SIGN_ON, each with its rules in the order in which Okta tries them.
 */
export function sessionReasons(policies: readonly SessionPolicy[], zoneIds: readonly string[]): Reason[] {
    return policies.filter(({ status }) => status === "ACTIVE").flatMap((policy) => reasonsOf(policy, zoneIds));
}

function reasonsOf(policy: SessionPolicy, zoneIds: readonly string[]): Reason[] {
    const active = policy.rules.filter(({ status, notFor }) => status === "ACTIVE" && notFor === undefined);
    const allows = active.findIndex(
        (rule) => rule.access !== "DENY" && !rule.isNarrow && (rule.connection !== "ZONE" || namesUs(rule, zoneIds)),
    );
    return active.flatMap((rule, index): Reason[] => {
        const isOutside = rule.access === "DENY" && rule.connection === "ZONE" && namesOneOf(rule.exclude, zoneIds);
        const said = isOutside
            ? "keeps out who is not inside the zone, when a session begins"
            : rule.access === "DENY"
              ? denial(rule, zoneIds)
              : permission(rule, zoneIds);
        // A rule after one that admits the same users is never evaluated.
        if (said === undefined || (rule.access === "DENY" && allows >= 0 && allows < index)) return [];
        const subject = `the rule "${rule.name}" of the global session policy ${titleOf(policy)}`;
        const weight = rule.access !== "DENY" || isOutside ? "note" : rule.isNarrow ? "doubt" : "fault";
        return [{ kind: "session-rule", subject, message: `${subject} ${said}`, weight }];
    });
}

function namesUs({ include }: SessionRule, zoneIds: readonly string[]): boolean {
    return namesOneOf(include, zoneIds);
}

function denial(rule: SessionRule, zoneIds: readonly string[]): string | undefined {
    const some = rule.isNarrow ? "some people" : "everybody";
    if (rule.connection !== "ZONE") return `keeps out ${some}, wherever from`;
    if (namesUs(rule, zoneIds)) return `keeps out ${some} who is inside the zone`;
    const isBeside = rule.exclude.length > 0 && !namesOneOf(rule.exclude, zoneIds);
    return isBeside ? `keeps out ${some} who is not in ${rule.exclude.join(", ")}, whatever is granted` : undefined;
}

function permission(rule: SessionRule, zoneIds: readonly string[]): string | undefined {
    if (rule.connection !== "ZONE") return undefined;
    if (namesUs(rule, zoneIds))
        return "lets in who is inside the zone, when a session begins and not again until it ends";
    if (namesOneOf(rule.exclude, zoneIds))
        return "lets in who is not inside the zone; another rule decides about those inside";
    return undefined;
}
