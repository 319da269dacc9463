import { sessionsAllow } from "../doctor/before";
import type { PolicyFacts } from "../doctor/facts";
import { nextOf } from "../doctor/org";
import { catchAllDenies, policyHasApps, policyIsThere, zoneDecides } from "../doctor/policies";
import { rulesAskForNoMore } from "../doctor/ruleConditions";
import type { Verdict } from "../doctor/verdict";
import { zonesAreActive, zonesAreFit, zonesAreForPolicies, zonesAreThere } from "../doctor/zones";
import { zonesAreUsed } from "../doctor/zoneUse";
import { codeNamed } from "../errors/codes";
import type { CodeName } from "../errors/codeTable";
import { blocklistReasons } from "../reasons/blocklists";
import { type Reason, titleOf } from "../reasons/reason";
import { threatReason } from "../reasons/threatInsight";
import { zoneTitles } from "../reasons/zoneTitles";
import { isEveryZone } from "../reasons/zoneWords";
import { addressesOf, type Followed } from "./whose";
import type { Line, LineKind, WhyFacts } from "./whyFacts";
import { fromTheirAddresses } from "./zonesOfOthers";

/** Lines about the zones: a zone that is missing or inactive contains no address. */
export function zoneLines(facts: WhyFacts): Line[] {
    if (facts.zones.unknown !== undefined) {
        const { name, reason, remedy, message: full } = facts.zones.unknown;
        const message = `the zones could not be read: ${full ?? reason}`;
        const next =
            full !== undefined ? nextOf(name, full) : name === "okta-forbidden" ? `${remedy} ${BOUND}` : remedy;
        return [{ kind: "zone", status: "unknown", subject: facts.orgUrl, message, next }];
    }
    const checks: [CodeName, Verdict | undefined][] = [
        ["zone-missing", zonesAreThere(facts)],
        ["zone-unfit", zonesAreFit(facts)],
        ["zone-blocklist", zonesAreForPolicies(facts)],
        ["zone-inactive", zonesAreActive(facts)],
    ];
    const lines = checks.flatMap(([name, verdict]) => lineOf("zone", "zones", name, verdict));
    const bad = lines.filter(({ status }) => status !== "ok");
    return bad.length > 0
        ? bad
        : lines.slice(0, 1).map((line) => ({ ...line, message: `${line.message}: there, active` }));
}

const BOUND = "If it is a token that is bound to network zones, ask from inside one of them.";

/** Lines about the rules of policies, by the checks of the doctor. */
export function ruleLines(followed: Followed): Line[] {
    const facts = fromTheirAddresses(followed);
    const missing = lineOf("rule", "policy", "policy-missing", policyIsThere(facts)).filter(
        ({ status }) => status === "bad",
    );
    return missing.length > 0 ? missing : knownRuleLines(facts);
}

function knownRuleLines(facts: WhyFacts): Line[] {
    const [used] = lineOf("rule", "rule in zone", "zone-unused", zonesAreUsed(facts));
    const wrong = used === undefined || used.status === "ok" ? "" : otherZones(facts, used.message);
    return [
        ...(used === undefined
            ? []
            : [{ ...used, message: `${used.message}${wrong}`, next: wrong === "" ? used.next : NAME_IT }]),
        ...narrowLines(facts),
        ...appLines(facts),
        ...lineOf("session-rule", "session policies", "session-rule", sessionsAllow(facts)),
        ...lineOf("other-rule", "other rules", "other-rule-decides", zoneDecides(facts)),
        ...lineOf("catch-all", "catch-all rule", "catch-all-allows", openSentence(catchAllDenies(facts))),
    ];
}

/** Lines about other conditions of the zone's rules, if they may deny access. */
function narrowLines(facts: WhyFacts): Line[] {
    return lineOf("rule", "other conditions", "rule-narrowed", rulesAskForNoMore(facts)).filter(
        ({ status }) => status !== "ok",
    );
}

/** Lines about a policy without apps: it protects nothing, and another one decides who opens the app. */
function appLines(facts: WhyFacts): Line[] {
    return lineOf("apps", "apps", "policy-without-apps", policyHasApps(facts)).filter(({ status }) => status !== "ok");
}

const NAME_IT =
    "If it is the wrong zone, name the right one in that rule; if not, add a rule that lets in from the right one.";

/** An open catch-all rule admits users from anywhere, so that neither a grant nor its end has an effect. */
function openSentence(verdict: Verdict | undefined): Verdict | undefined {
    if (verdict?.status !== "fail") return verdict;
    return {
        ...verdict,
        detail: `the catch-all rule is ${verdict.detail}: it lets in everybody whom no other rule names, from anywhere`,
    };
}

const MOST_RULES = 3;

/** Rules that name other zones: `; the rule "In zone" of "Staff access" (rst1) names "Office" (nzo2)`. */
function otherZones({ policies, zones, zoneIds }: WhyFacts, told: string): string {
    const nameOf = zoneTitles(zones.value);
    const named = ({ rules, ...policy }: PolicyFacts) =>
        rules.flatMap(({ name, status, access, include }) => {
            const others = include.filter((id) => !zoneIds.includes(id) && !isEveryZone(id));
            if (status !== "ACTIVE" || access === "DENY" || others.length === 0) return [];
            return [`the rule "${name}" of ${titleOf(policy)} names ${others.map(nameOf).join(", ")}`];
        });
    const { found = [], elsewhere = [] } = policies?.value ?? {};
    const texts = [...found, ...elsewhere].filter(({ status }) => status === "ACTIVE").flatMap(named);
    return texts
        .filter((text) => !told.includes(text.slice(0, text.indexOf(" names "))))
        .slice(0, MOST_RULES)
        .map((text) => `; ${text}`)
        .join("");
}

/** Lines about what Okta evaluates before any policy, for the granted addresses and those that it saw last. */
export function beforeLines(facts: Followed): Line[] {
    const { zones, zoneIds, chain, signIns, threatInsight } = facts;
    const granted = facts.own.grants.filter(({ state }) => state !== "ended").flatMap(({ ip }) => ip);
    const seen = chain ?? signIns.value?.[0]?.chain ?? [];
    const others = (zones.value ?? []).filter(({ id }) => !zoneIds.includes(id));
    const addresses = [
        { what: "granted", ranges: granted },
        { what: "where they come from", ranges: seen.filter((ip) => !granted.includes(`${ip}/32`)) },
    ];
    const threat = threatInsight && threatReason(threatInsight, zoneIds);
    const lines = [...blocklistReasons(addresses, others), ...(threat === undefined ? [] : [threat])].flatMap(
        reasonLine,
    );
    if (zones.value === undefined || lines.some(({ kind }) => kind === "blocked")) return lines;
    const message = "no blocklist holds a granted address, or one that Okta saw";
    return [{ kind: "blocked", status: "ok", subject: "blocklists", message }, ...lines];
}

function reasonLine({ kind, subject, message, weight }: Reason): Line[] {
    if (kind !== "blocked" && kind !== "exempt" && kind !== "dynamic-blocklist" && kind !== "threat-insight") return [];
    const status = ({ fault: "bad", doubt: "unknown", note: "ok" } as const)[weight];
    const next = "Find out why the address is blocked; take it off the blocklist only if that is a mistake.";
    return [{ kind, status, subject, message, ...(status === "bad" && { next }) }];
}

/** Lines about the user at Okta. */
export function personLines({ person, own, membership }: Followed): Line[] {
    if (person === undefined) return [];
    const { name, user } = person;
    const make = (status: Line["status"], message: string, next?: string): Line[] => {
        return [{ kind: "person", status, subject: name, message, next }];
    };
    if (user.unknown !== undefined) return make("unknown", `the user could not be looked up: ${user.unknown.reason}`);
    if (user.value === "nobody") {
        // A zone admits an address, so the source need not use Okta's names for users.
        const isNamed = own.grants.length + own.unusable.length > 0;
        const [grant] = (membership?.value?.grants ?? []).filter(({ id }) => id === name);
        if (grant !== undefined) {
            const { user = addressesOf(grant) } = grant;
            return make("bad", `${name} is a grant, and no user of Okta`, `Ask about its user or address: ${user}.`);
        }
        if (isNamed) return make("unknown", `Okta has no user ${name}; the source may have another name for them`);
        return make("bad", `Okta has no user ${name}`, "Check the spelling: it is the login or the user id at Okta.");
    }
    const { id, login = name, status = "ACTIVE" } = user.value;
    if (status === "ACTIVE") return make("ok", `${login} (${id}) is ACTIVE`);
    const next = `Look at the user in the Admin Console (Directory > People): no zone lets in who is ${status}.`;
    return make(LETS_IN.includes(status) ? "unknown" : "bad", `${login} (${id}) is ${status}`, next);
}

/** Lines about the group, if grants are bound to users: the rule requires the group as well. */
export function groupLines({ group, person, own }: Followed): Line[] {
    if (group === undefined || person === undefined) return [];
    const { user, name } = person;
    if (user.value === undefined || user.value === "nobody") return [];
    const make = (status: Line["status"], message: string, next?: string): Line[] => {
        return [{ kind: "group", status, subject: group.id, message, next }];
    };
    const { login = name, groupIds } = user.value;
    if (groupIds === undefined)
        return make("unknown", `whether ${login} is in the group ${group.id} could not be found out`);
    if (groupIds.includes(group.id))
        return make("ok", `${login} is in the group ${group.id}, to which the grants are bound`);
    const message = `${login} is not in the group ${group.id}, to which the grants are bound`;
    if (!own.grants.some(({ state }) => ["pending", "accepted", "effective"].includes(state)))
        return make("unknown", message);
    return make(
        "bad",
        message,
        "See to it that an agent runs and may write the group: see lastError in its /api/status.",
    );
}

/** The statuses in which a user may sign in, even if only to choose a new password. */
const LETS_IN = ["PASSWORD_EXPIRED", "RECOVERY", "PROVISIONED"];

/** A line from a check of the doctor. A warning may or may not be the cause. */
function lineOf(kind: LineKind, subject: string, name: CodeName, verdict: Verdict | undefined): Line[] {
    if (verdict === undefined) return [];
    const status = ({ ok: "ok", warn: "unknown", fail: "bad" } as const)[verdict.status];
    const next = status === "ok" ? undefined : (verdict.remedy ?? codeNamed(name).remedy);
    return [{ kind, status, subject, message: verdict.detail, next }];
}
