import { codeNamed } from "../errors/codes";
import type { CodeName } from "../errors/codeTable";
import { AGREES_MS, DEPARTS_MS } from "../time/checkedTime";
import type { Facts, RateFacts } from "./facts";
import { bad, judge, ok, told, type Verdict, warn } from "./verdict";

/** When Okta begins to refuse what an OAuth app signs. */
const CLOCK_WRONG_MS = 300_000;

/** Hosts of production orgs. Source: Okta's list of domains. */
const PRODUCTION = /\.(okta|okta-emea|okta-gov)\.com$|\.okta\.mil$/;

export function oktaAnswers({ organization, orgUrl }: Facts): Verdict {
    const { unknown } = organization;
    if (unknown?.name === "okta-unreachable") {
        return { ...told(unknown), remedy: nextOf("okta-unreachable", unknown.message ?? unknown.reason) };
    }
    if (unknown !== undefined) return told(unknown);
    const { id, cell } = organization.value;
    return ok(`${orgUrl} is the org ${id}${cell === undefined ? "" : ` in the cell ${cell}`}`);
}

/** What to do about an answer that did not come: the message says it of TLS, proxies and failures of Okta's own, the code of all else. */
export function nextOf(name: CodeName, message: string): string {
    if (name !== "okta-unreachable" || !/\b(TLS|the proxy|status\.okta\.com)\b/.test(message))
        return codeNamed(name).remedy;
    return "Do what the message says; the address of the org need not be wrong. See docs/guides/connections.md.";
}

/**
 *   clock error        because
 *   under 10 s   ok    a minute of propagation hides it
 *   up to 60 s   warn  grants start and end that much too early or too late
 *   up to 5 min  warn  they start and end by Okta's time instead (ZK114)
 *   more         fail  Okta refuses the proofs of an OAuth app besides
 */
export function clockIsRight({ organization }: Facts): Verdict | undefined {
    return judge(organization, ({ aheadMs, blurMs }) => {
        if (aheadMs === undefined) return warn("could not be checked: Okta's answer has no date");
        const off = Math.max(0, Math.abs(aheadMs) - blurMs);
        const seconds = Math.round(Math.abs(aheadMs) / 1000);
        const by = `${seconds} s ${aheadMs > 0 ? "ahead of" : "behind"} Okta's`;
        const detail = off > DEPARTS_MS ? `${by}: grants start and end by Okta's time` : by;
        if (off < AGREES_MS) return ok("within a few seconds of Okta's");
        return off < CLOCK_WRONG_MS ? warn(detail) : bad(detail);
    });
}

export function orgIsIdentityEngine({ organization }: Facts): Verdict | undefined {
    return judge(organization, ({ pipeline }) => {
        if (pipeline === "idx") return ok("Identity Engine");
        return pipeline === "v1" ? warn("Classic Engine") : warn(`neither engine is named: "${pipeline ?? ""}"`);
    });
}

/** Checks the kind of org. A token of a preview org is unknown in production, and the reverse. */
export function orgIsTheRightOne({ orgUrl, access }: Facts): Verdict {
    const { hostname } = new URL(orgUrl);
    const isRefused = access.unknown?.name === "okta-unauthorized";
    const said = `${hostname} ${kindOf(hostname)}`;
    return isRefused ? warn(`${said}, and does not know the credential`) : ok(said);
}

function kindOf(hostname: string): string {
    if (hostname.endsWith(".oktapreview.com")) return "is a preview org";
    return PRODUCTION.test(hostname)
        ? "is a production org"
        : "is no domain of Okta's: preview or production, it does not say";
}

/** Checks how many requests are left. One round takes two or three for each zone. */
export function rateIsFree({ rateLimit, group }: Facts): Verdict | undefined {
    if (rateLimit.unknown?.name === "okta-throttled") return told(rateLimit.unknown);
    return judge(rateLimit, (rate) => {
        const ofGroups = group?.rateLimit;
        const text = ofGroups === undefined ? leftOf(rate) : `${leftOf(rate)}; for groups ${leftOf(ofGroups)}`;
        return [rate, ...(ofGroups === undefined ? [] : [ofGroups])].some(isLow) ? warn(text) : ok(text);
    });
}

function leftOf({ limit, remaining, resetAtMs }: RateFacts): string {
    return `${remaining} of ${limit} calls a minute left until ${new Date(resetAtMs).toISOString()}`;
}

function isLow({ limit, remaining }: RateFacts): boolean {
    return remaining * 5 < limit;
}
