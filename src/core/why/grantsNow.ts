import { formatSpan, parseSpan, type Span } from "../addresses/ip";
import { coversSpan, mergeSpans, overlapsSpan } from "../addresses/spans";
import { type Grant, isActive, isExpired } from "../grants/grants";
import { isSelected, type Selector } from "../grants/selection";
import type { Decision } from "../membership/decide";
import { brakeSentence } from "../membership/held";
import type { Refusal, ZoneNow } from "../membership/plan";
import type { StandingGrant } from "../membership/standing";
import type { MembershipNow } from "./whyFacts";

export interface GrantsNowInput {
    /** What would be decided now. */
    readonly decision: Decision;
    /** All grants of the reading; none where the source cannot be read. */
    readonly grants: readonly Grant[];
    /** The zones as they are, those only that are active. */
    readonly zones: readonly ZoneNow[];
    readonly selector: Selector;
    readonly windowMs: number;
    readonly staticGateways: readonly Span[];
    readonly nowMs: number;
    readonly isKnown: boolean;
    readonly isRemembered: boolean;
}

/** The desired and the actual state of each grant, computed from a decision and the zones, where no agent is asked. */
export function grantsNow(input: GrantsNowInput): MembershipNow {
    const { decision, windowMs, staticGateways, isKnown, isRemembered } = input;
    const heldBecause = decision.judgement.verdict === "held" ? brakeSentence(decision.judgement, windowMs) : undefined;
    // A grant that is held or denied may differ between the reading and the decision, or be in only one of them.
    const all = new Map([...input.grants, ...decision.grants].map((grant) => [grant.id, grant]));
    const stateOf = stateIn(input);
    const heldIds = new Set(decision.held.flatMap(({ grants }) => grants.map(({ id }) => id)));
    return {
        grants: [...all.values()].map((grant) => {
            const { why, ...rest } = stateOf(grant);
            const reason = why ?? (heldIds.has(grant.id) ? heldBecause : undefined);
            return { ...plain(grant), ...rest, ...(reason !== undefined && { why: reason }) };
        }),
        holds: decision.held.map(({ address, why }) => ({ address, why })),
        heldBecause,
        staticGateways: staticGateways.map(formatSpan),
        ...{ isKnown, isRemembered },
    };
}

/** The state of a grant that a decision refuses; an `unusable` one stays in as it was before. */
const REFUSED: Readonly<Partial<Record<Refusal["kind"], StandingGrant["state"]>>> = {
    room: "refused",
    limit: "refused",
    held: "waiting",
    denied: "denied",
};

function stateIn({ decision, zones, selector, nowMs }: GrantsNowInput) {
    const entries = zones.flatMap(({ gateways }) => gateways);
    const inside = mergeSpans(entries.flatMap((text) => parseSpan(text, "clear").span ?? []));
    const granted = mergeSpans(decision.grants.filter((it) => isActive(it, nowMs)).flatMap(({ spans }) => spans));
    const refused = new Map(
        decision.refused.flatMap((refusal) => (refusal.isRange ? [] : [[refusal.id, refusal] as const])),
    );
    return (grant: Grant): Pick<StandingGrant, "state" | "why" | "isOfOther"> => {
        const { id, spans } = grant;
        if (isExpired(grant, nowMs)) {
            const isIn = spans.some((span) => overlapsSpan(inside, span) && !coversSpan(granted, span));
            return { state: isIn ? "leaving" : "ended" };
        }
        if (!isSelected(grant, selector))
            return { state: "refused", why: deselected(grant, selector), isOfOther: true };
        if (!isActive(grant, nowMs)) return { state: "scheduled" };
        const refusal = refused.get(id);
        const isIn = spans.every((span) => coversSpan(inside, span));
        const state = (refusal && REFUSED[refusal.kind]) ?? (isIn ? "effective" : "pending");
        return { state, ...(refusal !== undefined && { why: refusal.reason }) };
    };
}

function deselected({ labels }: Grant, selector: Selector): string {
    const wanted = Object.entries(selector).filter(([key, value]) => labels[key] !== value);
    const texts = wanted.map(([key, value]) => `${key}=${value}`);
    return `it is for another membership: it lacks the label ${texts.join(", ")}`;
}

function plain({ id, user, spans, startsAtMs, expiresAtMs }: Grant): Omit<StandingGrant, "state"> {
    return {
        id,
        ip: spans.map(formatSpan),
        ...(user !== undefined && { user }),
        ...(startsAtMs !== undefined && { startsAt: momentOf(startsAtMs) }),
        ...(expiresAtMs !== undefined && { expiresAt: momentOf(expiresAtMs) }),
    };
}

/** A moment that `Date` cannot represent counts as never. */
function momentOf(ms: number): string {
    return new Date(Math.min(ms, 8.64e15)).toISOString().replace(".000Z", "Z");
}
