import type { Span } from "../../core/addresses/ip";
import { coversSpan, mergeSpans, overlapsSpan, separateSpans, subtractSpans } from "../../core/addresses/spans";
import { indexOf } from "../../core/grants/grantIndex";
import { type Grant, isExpired } from "../../core/grants/grants";
import type { Judgement } from "../../core/membership/brake";
import type { Memory } from "../../core/membership/memory";
import { readable } from "../../core/membership/plan";
import type { Zone } from "../../okta/zones/zones";

/** What a reading that was heard comes to now. */
export interface Heard {
    readonly judgement: Judgement;
    /** Whether a later one was accepted here: then it lets in, and lets nobody go. @default false */
    readonly isPast?: boolean;
    /** What was known here when it was heard. @default nothing */
    readonly known?: readonly Grant[];
}

/**
 * The memory of an agent whose folder is its own, when another one may have led. What its memory holds although no
 * zone has it any more was let go by that other one, and is not let back in; what waits although a zone has it, at an
 * address that no known grant holds, was let in by that other one, and is known. A grant that counts still gains such
 * addresses, and loses none.
 *
 * A past reading lets in nobody who was known here when it was heard: the later one that was accepted let them go.
 */
export function afterAnotherLed(
    memory: Memory,
    { judgement, isPast = false, known = [] }: Heard,
    zones: readonly Zone[],
    nowMs: number,
): Memory {
    if (judgement.verdict !== "held") return memory;
    const live = mergeSpans(zones.flatMap(({ gateways }) => readable(gateways)));
    const gone = new Map(
        judgement.losses.flatMap(({ grant, spans }) =>
            grant === undefined || isPast
                ? []
                : [[grant.id, spans.flatMap((span) => subtractSpans(span, live))] as const],
        ),
    );
    const left = memory.grants.flatMap((grant) => {
        const out = mergeSpans(gone.get(grant.id) ?? []);
        if (out.length === 0) return [grant];
        const spans = grant.spans.flatMap((span) => subtractSpans(span, out));
        return spans.length === 0 ? [] : [{ ...grant, spans }];
    });
    const isOver = (grant: Grant) => isExpired(grant, nowMs) || (gone.get(grant.id) ?? []).length > 0;
    /** What a zone has and no other grant holds. */
    const liveBeside = (id: string) =>
        subtractAll(
            live,
            [...memory.grants, ...judgement.waiting].flatMap((each) => (each.id === id ? [] : each.spans)),
        );
    // What no known grant holds is in the zone by the new grant alone: the other agent goes by it.
    const explained = mergeSpans(memory.grants.flatMap((grant) => (isOver(grant) ? [] : grant.spans)));
    const isNews = ({ spans }: Grant) => spans.some((span) => !coversSpan(explained, span));
    const wasKnown = ({ id, spans }: Grant) => {
        const then = isPast ? indexOf(known).byId(id) : undefined;
        return then !== undefined && spans.every((span) => coversSpan(mergeSpans(then.spans), span));
    };
    const letIn = judgement.waiting.filter(
        (grant) => isNews(grant) && !wasKnown(grant) && grant.spans.every((span) => coversSpan(live, span)),
    );
    const added = new Map(letIn.map((grant) => [grant.id, grant]));
    const kept = left.map((grant) => {
        const news = isOver(grant) ? undefined : added.get(grant.id);
        return news === undefined ? grant : joined(grant, news, liveBeside(grant.id));
    });
    const ids = new Set(left.filter((grant) => !isOver(grant)).map(({ id }) => id));
    const others = letIn.filter(({ id }) => !ids.has(id));
    return { ...memory, grants: [...kept.filter(({ id }) => ids.has(id) || !added.has(id)), ...others] };
}

/**
 * A known grant of which another agent let in a newer form: it goes by that one, and by its own addresses too where a zone
 * still has one that is nobody else's, as that other agent then goes by both.
 */
function joined(grant: Grant, news: Grant, live: readonly Span[]): Grant {
    const own = subtractAll(grant.spans, news.spans);
    const isStill = own.some((span) => overlapsSpan(live, span));
    return isStill ? { ...grant, spans: separateSpans([...grant.spans, ...news.spans]) } : news;
}

function subtractAll(spans: readonly Span[], others: readonly Span[]): readonly Span[] {
    const merged = mergeSpans(others);
    return mergeSpans(spans.flatMap((span) => subtractSpans(span, merged)));
}
