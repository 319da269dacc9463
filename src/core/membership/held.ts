import { compareSpans, formatSpan, type Span } from "../addresses/ip";
import { mergeSpans, overlapsSpan } from "../addresses/spans";
import { type Grant, isActive } from "../grants/grants";
import type { Judgement } from "./brake";
import { isRemoval, type Loss } from "./losses";
import type { Refusal } from "./plan";

/** An address that stays until its removal is confirmed, or until its grants come back. */
export interface Held {
    /** Canonical range. */
    readonly address: string;
    /**
     * The reason of the loss; `static` for a gateway that left the settings, `unknown` for an entry found at first
     * contact.
     */
    readonly why: Loss["why"] | "static" | "unknown";
    /** The known grants that hold it; none for an entry or a static gateway. */
    readonly grants: readonly Grant[];
}

export interface HeldParts {
    readonly judgement: Pick<Judgement, "verdict" | "losses">;
    /** Static gateways that left the settings. */
    readonly statics: readonly Span[];
    /** Entries found at first contact that no grant admits. */
    readonly unknown: readonly Span[];
}

/** The addresses that wait for a confirmation, each once, in address order. */
export function heldAddresses({ judgement, statics, unknown }: HeldParts): readonly Held[] {
    const found = new Map<string, { readonly span: Span; readonly why: Held["why"]; readonly grants: Grant[] }>();
    const put = (span: Span, why: Held["why"], grant?: Grant) => {
        const address = formatSpan(span);
        const held = found.get(address) ?? { span, why, grants: [] };
        if (grant !== undefined) held.grants.push(grant);
        found.set(address, held);
    };
    for (const { why, grant, spans } of judgement.verdict === "held" ? judgement.losses.filter(isRemoval) : []) {
        for (const span of spans) put(span, why, grant);
    }
    for (const span of statics) put(span, "static");
    for (const span of unknown) put(span, "unknown");
    return [...found]
        .sort(([, one], [, other]) => compareSpans(one.span, other.span))
        .map(([address, { why, grants }]) => ({ address, why, grants }));
}

/** A refusal for each address that is held and each grant that waits for it. */
export function heldRefusals(
    judgement: Judgement,
    held: readonly Held[],
    windowMs: number | "one decision",
): Refusal[] {
    const brake = brakeSentence(judgement, windowMs);
    const refusal = (id: string, reason: string): Refusal => ({ id, reason, kind: "held" });
    return [
        ...held.map(({ address, why }) => ({
            ...refusal(`held ${address}`, SENTENCES[why as "static"] ?? brake),
            isRange: true as const,
        })),
        ...judgement.waiting.map(({ id }) => refusal(id, brake)),
    ];
}

const SENTENCES: Readonly<Partial<Record<Held["why"], string>>> = {
    static: "held: it was a static gateway and left the settings; confirm its removal, or put it back",
    unknown: "held: no grant admits it, and nothing is remembered of the zone; confirm its removal, or grant it",
};

/**
 * Why the removal brake holds a reading, and what releases it.
 *
 * @param windowMs `one decision` if nothing is remembered.
 */
export function brakeSentence(judgement: Judgement, windowMs: number | "one decision"): string {
    const { because, losses, active, recent, most, source } = judgement;
    const removals = losses.filter(isRemoval);
    const within = windowMs === "one decision" ? "in one run" : windowText(windowMs);
    const would = `${whatGoes(removals, windowMs)}${recent > 0 ? `, after ${recent} ${within}` : ""}`;
    const sentences = {
        all: `held by maxRemovals: all ${active} ${would}`,
        limit: `held by maxRemovals: ${removals.length} of ${active} ${would}, and ${most} may ${within}`,
        nameless:
            `held: ${removals.length} of ${active} ${would}, and the reading has entries that cannot be used and do not ` +
            "say which grant or address they are about; correct these entries",
        source:
            `held by maxRemovals: in all memberships of the source ${source?.losses} of ${source?.active} known active ` +
            `grants would lose ${whatIsLost(removals)}${source?.recent ? `, after ${source.recent} ${within}` : ""}, and ${source?.most} may ${within}`,
        before: `held by maxRemovals since an earlier reading: ${removals.length} of ${active} ${would}`,
    };
    return `${sentences[because ?? "limit"]}${because === "nameless" ? ", or confirm it" : "; confirm it, or restore their grants"}`;
}

function whatGoes(removals: readonly Loss[], windowMs: number | "one decision"): string {
    if (windowMs === "one decision") return "entries would go";
    const entries = removals.filter(({ grant }) => grant === undefined).length;
    if (entries === 0) return `known active grants would lose ${whatIsLost(removals)}`;
    return entries === removals.length
        ? "entries would go, of which nothing is remembered"
        : `known active grants and entries would lose ${whatIsLost(removals)}`;
}

const LOST = { address: "an address", group: "their user's membership of the group", user: "their user" };

/** A removal takes an address out of a zone, or only a user out of the group, or leaves the address to another user. */
function whatIsLost(removals: readonly Loss[]): string {
    const kinds = new Set(removals.map(({ only = "address" }) => only));
    return (["address", "group", "user"] as const).flatMap((kind) => (kinds.has(kind) ? LOST[kind] : [])).join(" or ");
}

/** Refusals for active grants that are unusable in the reading, and stay as they were known; not while Okta is asked who their user is. */
export function lastingRefusals(
    { lasting, keep }: Pick<Judgement, "lasting" | "keep">,
    unusable: readonly { readonly id: string; readonly isPending?: true; readonly spans?: readonly Span[] }[],
    nowMs: number,
): Refusal[] {
    const kept = mergeSpans(keep);
    const stays = "its entry cannot be used any more, so it stays in the zone";
    const pending = new Set(unusable.flatMap(({ id, isPending }) => (isPending ? [id] : [])));
    const active = lasting.filter((grant) => isActive(grant, nowMs));
    const known = new Set(active.map(({ id }) => id));
    const grants = active.filter(({ id }) => !pending.has(id));
    const entries = unusable.filter(
        ({ id, spans = [] }) => !known.has(id) && spans.some((span) => overlapsSpan(kept, span)),
    );
    return [
        ...grants.map(({ id, expiresAtMs }): Refusal => {
            const until = expiresAtMs === undefined ? "" : ` until ${new Date(expiresAtMs).toISOString()}`;
            return { id, reason: `${stays} as it was known${until}; correct the entry`, kind: "unusable" };
        }),
        ...entries.map(({ id }): Refusal => ({ id, reason: `${stays}; correct the entry`, kind: "unusable" })),
    ];
}

/** A window of length 0 is one decision. */
function windowText(ms: number): string {
    if (ms === 0) return "in one run";
    return ms % 60_000 === 0 ? `within ${ms / 60_000} min` : `within ${ms / 1000} s`;
}
