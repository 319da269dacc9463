import { formatSpan, type Span } from "../addresses/ip";
import { mergeSpans, overlapsSpan } from "../addresses/spans";
import { type Grant, isActive, isSelected } from "../grants/grants";
import { ANY_TIME, judgeGrants, type TimeToLive } from "../judging/judgeGrants";
import type { Refusal } from "./plan";
import type { Rules } from "./rules";

/** The grants of a reading, by what the settings of a membership say of each. */
export interface Admission {
    /** Selected, and within every limit; active or not. */
    readonly admitted: readonly Grant[];
    /** Selected active grants that a limit refuses. */
    readonly refused: readonly Refusal[];
    /** Whether the limits of now admit a grant, whatever its labels are. */
    isWithinLimits(grant: Grant): boolean;
    /** Why a grant of the reading is not admitted; undefined for one that is admitted, or that the reading lacks. */
    excluded(id: string): "deselected" | "limit" | undefined;
}

/** Applies the selector, the range that no grant may touch, and the longest time to live. */
export function admit(
    grants: readonly Grant[],
    { selector, deny, timeToLive }: Pick<Rules, "selector" | "deny" | "timeToLive">,
    nowMs: number,
): Admission {
    const problemOf = limitsOn(deny, timeToLive, nowMs);
    const isSelective = Object.keys(selector).length > 0;
    const excluded = new Map<string, "deselected" | "limit">();
    const refused: Refusal[] = [];
    const admitted = grants.filter((grant) => {
        if (isSelective && !isSelected(grant, selector)) {
            excluded.set(grant.id, "deselected");
            return false;
        }
        const reason = problemOf(grant);
        if (reason === undefined) return true;
        excluded.set(grant.id, "limit");
        if (isActive(grant, nowMs)) refused.push({ id: grant.id, reason, kind: "limit" });
        return false;
    });
    // The same list where nothing is excluded: comparing it with itself costs nothing.
    return {
        admitted: excluded.size === 0 ? grants : admitted,
        refused,
        isWithinLimits: (grant) => problemOf(grant) === undefined,
        excluded: (id) => excluded.get(id),
    };
}

/** Why a limit refuses a grant; undefined where none does. */
function limitsOn(deny: readonly Span[], timeToLive: TimeToLive = ANY_TIME, nowMs: number) {
    const denied = mergeSpans(deny);
    const isEndless = timeToLive.maxMs === undefined && timeToLive.permanent === "allowed";
    return (grant: Grant): string | undefined => {
        const touched = denied.length === 0 ? undefined : grant.spans.find((span) => overlapsSpan(denied, span));
        if (touched !== undefined) return `denied: ${formatSpan(touched)} touches a range that no grant may touch`;
        // A grant that has not started is judged as of its start.
        const atMs = Math.max(nowMs, grant.startsAtMs ?? nowMs);
        return isEndless ? undefined : judgeGrants([grant], atMs, timeToLive)[0]?.problem;
    };
}
