import { formatSpan, type Span } from "../addresses/ip";
import { mergeSpans, overlapsSpan } from "../addresses/spans";
import { indexOf } from "../grants/grantIndex";
import { type Grant, isActive } from "../grants/grants";
import { isSelected, selectedGrants } from "../grants/selection";
import { ANY_TIME, judgeGrants, type TimeToLive } from "../judging/judgeGrants";
import type { Refusal } from "./plan";
import type { Rules } from "./rules";

/** The grants of a reading, divided by the settings of a membership. */
export interface Admission {
    /** The grants that the selector selects and that are within every limit; active or not. */
    readonly admitted: readonly Grant[];
    /** Selected active grants that a limit refuses. */
    readonly refused: readonly Refusal[];
    /** Whether the current limits admit a grant, whatever its labels. */
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
    const selected = selectedGrants(grants, selector);
    const problemOf = limitsOn(deny, timeToLive, nowMs);
    const limited = new Map<Grant, string>();
    for (const grant of mayBeLimited(selected, deny, timeToLive, nowMs)) {
        const reason = problemOf(grant);
        if (reason !== undefined) limited.set(grant, reason);
    }
    const isLimited = (grant: Grant) => limited.has(grant);
    return {
        // The same list where nothing is excluded: comparing it with itself costs nothing.
        admitted: limited.size === 0 ? selected : selected.filter((grant) => !isLimited(grant)),
        refused: [...limited].flatMap(([grant, reason]): Refusal[] =>
            isActive(grant, nowMs) ? [{ id: grant.id, reason, kind: "limit" }] : [],
        ),
        isWithinLimits: (grant) => problemOf(grant) === undefined,
        excluded(id) {
            const grant = indexOf(grants).byId(id);
            if (grant === undefined) return undefined;
            if (!isSelected(grant, selector)) return "deselected";
            return isLimited(grant) ? "limit" : undefined;
        },
    };
}

/** The grants that a limit may refuse, in their order; the others need not be checked. */
function mayBeLimited(
    grants: readonly Grant[],
    deny: readonly Span[],
    { maxMs = Infinity, permanent }: TimeToLive = ANY_TIME,
    nowMs: number,
): readonly Grant[] {
    const touching = deny.length === 0 ? [] : indexOf(grants).touching(mergeSpans(deny));
    const isLasting = ({ expiresAtMs }: Grant) =>
        expiresAtMs === undefined ? permanent === "refused" : expiresAtMs - nowMs > maxMs;
    const lasting = maxMs === Infinity && permanent === "allowed" ? [] : grants.filter(isLasting);
    if (touching.length === 0 || lasting.length === 0) return [...touching, ...lasting];
    const either = new Set([...touching, ...lasting]);
    return grants.filter((grant) => either.has(grant));
}

/** Why a limit refuses a grant; undefined where none does. */
function limitsOn(deny: readonly Span[], timeToLive: TimeToLive = ANY_TIME, nowMs: number) {
    const denied = mergeSpans(deny);
    return (grant: Grant): string | undefined => {
        const touched = denied.length === 0 ? undefined : grant.spans.find((span) => overlapsSpan(denied, span));
        if (touched !== undefined) return `denied: ${formatSpan(touched)} touches a range that no grant may touch`;
        // A grant that has not started is checked as of its start.
        const atMs = Math.max(nowMs, grant.startsAtMs ?? nowMs);
        return judgeGrants([grant], atMs, timeToLive)[0]?.problem;
    };
}
