import { admits } from "../judging/judgeRule";
import { zoneTitles } from "../reasons/zoneTitles";
import { namesOneOf } from "../reasons/zoneWords";
import type { Facts, PoliciesFacts, RuleFacts } from "./facts";
import { type KnownRules, titleOf } from "./ruleFacts";
import { otherRules, zoneRules } from "./ruleOrder";
import { bad, judge, listed, ok, type Verdict, warn } from "./verdict";

/** The name that Okta gives the app of the Admin Console. */
const ADMIN_CONSOLE = "saasure";

/** Checks that the policy of the configuration exists, is active, and is one that protects apps. */
export function policyIsThere({ policies, orgUrl }: Pick<Facts, "policies" | "orgUrl">): Verdict | undefined {
    if (policies === undefined) return undefined;
    return judge(policies, ({ askedId, found: [policy] }) => {
        if (askedId === undefined) return undefined;
        if (policy === undefined) return bad(`${orgUrl} has no policy ${askedId}`);
        if (policy.type !== "ACCESS_POLICY") return bad(`${titleOf(policy)} is of type ${policy.type}`);
        return policy.status === "ACTIVE" ? ok(titleOf(policy)) : bad(`${titleOf(policy)} is ${policy.status}`);
    });
}

/**
 * Checks the other rules of the policies; the catch-all has a check of its own.
 *
 *   another active rule           place   for       verdict
 *   lets in from anywhere         any     everybody fail
 *   lets in from anywhere         any     some      warn: meant, perhaps, for a break-glass account
 *   lets in from other zones      any     any       warn
 *   keeps out, wherever from      above   everybody fail
 *   keeps out who is in our zone  above   everybody fail
 *   keeps out who is not in another zone, above, everybody: fail, but warn where some of the addresses in question are
 *   there, and - where all are; the reverse for who is in another zone
 *   keeps out                     above   some      warn
 *   keeps out                     below   any       -
 */
export function zoneDecides({ policies, zoneIds, zones }: KnownRules): Verdict | undefined {
    if (policies === undefined) return undefined;
    return judge(policies, ({ found }) => {
        const findings = found.flatMap((policy) => otherRules(policy, zoneIds, zoneTitles(zones?.value)));
        if (found.every((policy) => zoneRules(policy, zoneIds).length === 0)) return undefined;
        if (findings.length === 0) return ok("no other rule lets anybody in, or keeps out before it");
        const text = listed(findings.map(({ policy, rule, what }) => `"${rule.name}" of ${titleOf(policy)} ${what}`));
        if (!findings.some(({ isCertain }) => isCertain)) return warn(text);
        const [first] = findings.filter(({ isCertain }) => isCertain);
        const keepsOut = first?.rule.access === "DENY" && first.rule.include.length > 0;
        if (!keepsOut) return bad(text);
        return bad(text, namesOneOf(first.rule.include, zoneIds) ? TAKE_IT_OUT : TAKE_THEM_OUT);
    });
}

const TAKE_IT_OUT =
    "Look at what that rule is meant for; if the zone is to let in, take it out of that rule, or move the zone's rule above it.";

const TAKE_THEM_OUT =
    "Look at what that rule is meant for; if they are to come in, take their address out of that zone, or move the rule of our zone above it.";

/** Checks that the catch-all rule admits no user. */
export function catchAllDenies({ policies }: KnownRules): Verdict | undefined {
    if (policies === undefined) return undefined;
    return judge(policies, ({ found }) => {
        if (found.length === 0) return undefined;
        const open = found.filter(({ rules }) => rules.some((rule) => rule.system && isOpen(rule)));
        return open.length === 0
            ? ok("denies everybody whom no other rule names")
            : bad(`open in ${listed(open.map(titleOf))}`);
    });
}

function isOpen({ name, access, status, connection, include, exclude }: RuleFacts): boolean {
    return admits({ name, isCatchAll: true, access, status, connection, includes: include, excludes: exclude });
}

/** Checks that apps use the policy. */
export function policyHasApps({ policies }: Pick<Facts, "policies">): Verdict | undefined {
    return judgeApps(policies, ({ found }, apps) => {
        const without = found.filter(({ id }) => !apps.some(({ policyId }) => policyId === id));
        if (without.length > 0) return warn(`no app is on ${listed(without.map(titleOf))}`);
        return ok(listed(apps.map(({ label }) => label)));
    });
}

/** Checks that the Admin Console does not use the policy, so that a mistake in the zone cannot lock administrators out. */
export function adminConsoleIsElsewhere({ policies }: Facts): Verdict | undefined {
    return judgeApps(policies, (_policies, apps) => {
        const console = apps.find(({ name }) => name === ADMIN_CONSOLE);
        return console === undefined ? ok("not on the policy") : warn(`"${console.label}" is on the policy`);
    });
}

function judgeApps(
    policies: Facts["policies"],
    verdict: (policies: PoliciesFacts, apps: NonNullable<PoliciesFacts["apps"]["value"]>) => Verdict | undefined,
): Verdict | undefined {
    if (policies === undefined) return undefined;
    return judge(policies, (known) =>
        known.found.length === 0 ? undefined : judge(known.apps, (apps) => verdict(known, apps)),
    );
}

/** Checks how often Okta evaluates the address: at each sign-in, and with `PT0S` each time an app is opened. */
export function addressIsLookedAtOften({ policies, zoneIds }: Facts): Verdict | undefined {
    if (policies === undefined) return undefined;
    return judge(policies, ({ found }) => {
        const rules = found.flatMap((policy) => zoneRules(policy, zoneIds));
        if (rules.length === 0) return undefined;
        const rare = rules.filter(({ reauthenticateIn }) => reauthenticateIn !== "PT0S");
        if (rare.length === 0) return ok("at every sign-in to an app");
        return warn(listed(rare.map(({ name, reauthenticateIn = "not said" }) => `"${name}": ${reauthenticateIn}`)));
    });
}
