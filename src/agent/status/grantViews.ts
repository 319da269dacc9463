import { latestOver } from "../../core/addresses/coverage";
import { formatSpan, parseSpan, type Span } from "../../core/addresses/ip";
import { coversSpan, mergeSpans, overlapsSpan } from "../../core/addresses/spans";
import { type Grant, isActive, isExpired } from "../../core/grants/grants";
import type { Refusal } from "../../core/membership/plan";
import { tellMoment } from "../events/format";
import { refusedNow } from "../reconciler/decide";
import { heldBecause, heldNow, type Known, shownGrants } from "../reconciler/grantsNow";
import { admittedAtMs, SPREAD_MS } from "../reconciler/writes";
import type { GrantView, ShownGrants } from "./view";

/** The grants that the agent shows, each with its state. Nothing is computed before the first is asked for. */
export function shownGrantViews(input: { readonly known: Known; readonly nowMs: number }): ShownGrants {
    let judged: ReturnType<typeof judgeGrants> | undefined;
    const judge = () => {
        judged ??= judgeGrants(input);
        return judged;
    };
    return {
        *eachState() {
            const { grants, stateOf } = judge();
            for (const grant of grants) {
                const state = stateOf(grant);
                yield grant.user === undefined ? { state } : { user: grant.user, state };
            }
        },
        *eachGrant() {
            const { grants, stateOf, whyOf } = judge();
            for (const grant of grants) {
                const state = stateOf(grant);
                const why = state === "ended" ? undefined : whyOf(grant);
                yield { ...grantView(grant), state, ...(why !== undefined && { why }) };
            }
        },
    };
}

function judgeGrants({ known, nowMs }: { readonly known: Known; readonly nowMs: number }) {
    const { state: own } = known;
    const zones = own.zones.flatMap(({ zone }) => (zone?.status === "ACTIVE" ? [zone] : []));
    const inside = mergeSpans(zones.flatMap(({ gateways }) => readable(gateways)));
    const refused = new Map(
        refusedNow(own.decided).flatMap((refusal) => (refusal.isRange ? [] : [[refusal.id, refusal] as const])),
    );
    const holds = new Set(heldNow(own).flatMap(({ grants }) => grants.map(({ id }) => id)));
    const because = heldBecause(known);
    const grants = shownGrants(known);
    const isKeptOut = ({ id }: Grant) => REFUSED[refused.get(id)?.kind ?? "unusable"] !== undefined;
    const counting = grants.filter((grant) => isActive(grant, nowMs) && !isKeptOut(grant));
    const admitted = admissions(own, counting);
    const statics = own.memory?.staticGateways ?? [];
    let merged: readonly Span[] | undefined;
    const kept = () => {
        merged ??= mergeSpans(widestSpans([...counting.flatMap(({ spans }) => spans), ...statics]));
        return merged;
    };
    return {
        grants,
        stateOf: (grant: Grant) => stateOf(grant, { inside, kept, kind: refused.get(grant.id)?.kind, admitted, nowMs }),
        whyOf: ({ id }: Grant) => refused.get(id)?.reason ?? (holds.has(id) ? because : undefined),
    };
}

function grantView({ id, user, spans, startsAtMs, expiresAtMs, reason }: Grant): Omit<GrantView, "state"> {
    return {
        id,
        ip: spans.map(formatSpan),
        ...(user !== undefined && { user }),
        ...(startsAtMs !== undefined && { startsAt: tellMoment(startsAtMs) }),
        ...(expiresAtMs !== undefined && { expiresAt: tellMoment(expiresAtMs) }),
        ...(reason !== undefined && { reason }),
    };
}

/** The state of a grant that a limit, a lack of room, the removal brake or a denial keeps out. */
const REFUSED: Readonly<Partial<Record<Refusal["kind"], GrantView["state"]>>> = {
    room: "refused",
    limit: "refused",
    held: "waiting",
    denied: "denied",
};

interface Seen {
    /** What the zones have. */
    readonly inside: readonly Span[];
    /** What active grants and static gateways keep there; asked only for a grant that has ended. */
    readonly kept: () => readonly Span[];
    readonly kind: Refusal["kind"] | undefined;
    readonly admitted: (grant: Grant) => number;
    readonly nowMs: number;
}

function stateOf(grant: Grant, { inside, kept, kind, admitted, nowMs }: Seen): GrantView["state"] {
    if (isExpired(grant, nowMs)) {
        // An address that stays for another grant does not leave.
        const isLeaving = grant.spans.some((span) => overlapsSpan(inside, span) && !coversSpan(kept(), span));
        return isLeaving ? "leaving" : "ended";
    }
    if (!isActive(grant, nowMs)) return "scheduled";
    const refused = kind === undefined ? undefined : REFUSED[kind];
    if (refused !== undefined) return refused;
    if (!grant.spans.every((span) => coversSpan(inside, span))) return "pending";
    return nowMs - admitted(grant) < SPREAD_MS ? "accepted" : "effective";
}

/**
 * When Okta took a grant in. One whose addresses were in already, because of other grants, caused no write: it came in with the latest
 * write for one of those.
 */
function admissions(state: Known["state"], grants: readonly Grant[]): (grant: Grant) => number {
    const { admitted } = state.written;
    const isNew = ({ id }: Grant) => admitted.some(({ ids }) => ids.has(id));
    const fresh = admitted.length === 0 ? [] : grants.filter(isNew);
    const latest = latestOver(
        fresh.flatMap(({ id, spans }) => {
            const untilMs = admittedAtMs(state, id);
            return spans.map((span) => ({ ...span, untilMs }));
        }),
    );
    return (grant) => {
        const own = admittedAtMs(state, grant.id);
        return isNew(grant) ? own : Math.max(own, ...grant.spans.map(latest));
    };
}

/** The widest span of each start: many grants may share an address, and to merge all of them is to sort all of them. */
function widestSpans(spans: readonly Span[]): readonly Span[] {
    const widest = new Map<number, Span>();
    for (const span of spans) {
        if (span.high > (widest.get(span.low)?.high ?? -1)) widest.set(span.low, span);
    }
    return [...widest.values()];
}

function readable(gateways: readonly string[]): Span[] {
    return gateways.flatMap((text) => parseSpan(text, "clear").span ?? []);
}
