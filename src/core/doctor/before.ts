import { blocklistReasons } from "../reasons/blocklists";
import type { Reason } from "../reasons/reason";
import { sessionReasons } from "../reasons/sessionRules";
import { threatReason } from "../reasons/threatInsight";
import type { Facts } from "./facts";
import { bad, judge, listed, ok, type Verdict, warn } from "./verdict";

/** Checks what Okta evaluates before the policy of an app: blocklists, the session policy, ThreatInsight. */

export function grantedIsNotBlocked({ zones, zoneIds, membership }: Facts): Verdict | undefined {
    if (zoneIds.length === 0) return undefined;
    return judge(zones, (all) => {
        const asked = all.filter(({ id, usage }) => zoneIds.includes(id) && usage !== "BLOCKLIST");
        const granted = membership?.value?.granted ?? [];
        // Of zones that are not there, another check says so.
        if (asked.length + granted.length === 0) return undefined;
        const inside = asked.flatMap(({ gateways }) => gateways).filter((range) => !granted.includes(range));
        const addresses = [
            { what: "granted", ranges: granted },
            { what: "a gateway", ranges: inside },
            { what: "a trusted proxy", ranges: [...new Set(asked.flatMap(({ proxies }) => proxies))] },
        ];
        const reasons = blocklistReasons(
            addresses,
            all.filter(({ id }) => !zoneIds.includes(id)),
        );
        return verdictOf(reasons, "no blocklist holds what is granted or inside", DYNAMIC);
    });
}

const DYNAMIC =
    "If a user with a grant is refused, look for security.request.blocked in the System Log, or run zonekeeper why for them.";

export function sessionsAllow({
    sessionPolicies,
    zoneIds,
}: Pick<Facts, "sessionPolicies" | "zoneIds">): Verdict | undefined {
    if (sessionPolicies === undefined) return undefined;
    return judge(sessionPolicies, (policies) => {
        const active = policies.filter(({ status }) => status === "ACTIVE").flatMap(({ rules }) => rules);
        const isElsewhere = active.some(
            ({ access, include, others }) => access === "DENY" && include.length > 0 && others?.reach === "all",
        );
        const verdict = verdictOf(
            sessionReasons(policies, zoneIds),
            "no rule of a global session policy is about these zones",
        );
        return verdict.status === "fail" && isElsewhere ? { ...verdict, remedy: TAKE_THEM_OUT } : verdict;
    });
}

const TAKE_THEM_OUT =
    "Look at what that rule is meant for; if they are to come in, take their address out of that zone under Security > Networks.";

/** Every setting of ThreatInsight is right for some org, so none is a failure. */
export function threatInsightIsKnown({ threatInsight, zoneIds }: Facts): Verdict | undefined {
    if (threatInsight === undefined) return undefined;
    return ok(threatReason(threatInsight, zoneIds)?.message ?? "ThreatInsight refuses nobody");
}

/** @param doubtful The remedy if there are only doubts. @default the remedy of the code */
function verdictOf(reasons: readonly Reason[], fine: string, doubtful?: string): Verdict {
    const said = (weight: Reason["weight"]) => reasons.filter((each) => each.weight === weight).map((it) => it.message);
    if (said("fault").length > 0) return bad(listed(said("fault")));
    if (said("doubt").length > 0) return warn(listed(said("doubt")), doubtful);
    return ok(listed(said("note")) || fine);
}
