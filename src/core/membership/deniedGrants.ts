import { overlapsSpan } from "../addresses/spans";
import { type Grant, isActive } from "../grants/grants";
import { barredBy, type Denial, deniedSpans } from "./denials";
import type { Refusal } from "./plan";

/** The grants that are not denied, and a refusal for each active grant that is. */
export function withoutDenied(grants: readonly Grant[], denials: readonly Denial[], nowMs: number) {
    if (denials.length === 0) return { grants, refused: [] };
    const [denialOf, spans] = [barredBy(denials), deniedSpans(denials)];
    const refused: Refusal[] = [];
    const allowed = grants.filter((grant) => {
        const denial = denialOf(grant);
        const isTouched = grant.spans.some((span) => overlapsSpan(spans, span));
        if ((denial !== undefined || isTouched) && isActive(grant, nowMs)) {
            refused.push({ id: grant.id, reason: denialText(denial), kind: "denied" });
        }
        return denial === undefined;
    });
    return { grants: allowed, refused };
}

/** Whether a grant is denied. */
export function deniedBy(denials: readonly Denial[]) {
    const denialOf = barredBy(denials);
    return (grant: Grant) => denialOf(grant) !== undefined;
}

function denialText(denial: Denial | undefined): string {
    if (denial === undefined) return "denied: its address was denied with POST /api/deny";
    const { by, reason } = denial;
    return `denied by ${by} (${reason}); lift the denial with DELETE /api/deny/${denial.id}`;
}
