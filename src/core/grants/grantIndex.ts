import type { Span } from "../addresses/ip";
import { exchanged, goneAndCome } from "./exchanged";
import type { Grant } from "./grants";
import {
    activeSpansOf,
    countActiveIn,
    grantIn,
    nextMomentIn,
    type Parts,
    partsAfter,
    partsOf,
    touchingIn,
} from "./indexParts";

/**
 * What decisions ask of a list of grants. It is made once for a list, and for a later one from the changes, without a look
 * at the grants that stayed. Ids are each there once.
 */
export interface GrantIndex {
    byId(id: string): Grant | undefined;
    /** Those that share an address with one of these spans, in the order of the list. */
    touching(spans: readonly Span[]): readonly Grant[];
    /** What active grants hold, sorted and apart; neighbours stay entries of their own. */
    activeSpans(nowMs: number): readonly Span[];
    countActive(nowMs: number): number;
    /** See `nextMoment`. */
    nextMoment(nowMs: number, maxMs?: number): number | undefined;
}

/** An index belongs to its list, and goes with it. */
const known = new WeakMap<readonly Grant[], { readonly index: GrantIndex; parts(): Parts; readonly length: number }>();

export function indexOf(grants: readonly Grant[]): GrantIndex {
    return (entryOf(grants) ?? remember(grants, () => partsOf(grants))).index;
}

/** The same, for a list that has most grants of an earlier one, as the same objects. */
export function indexAfter(before: readonly Grant[], grants: readonly Grant[]): GrantIndex {
    const found = entryOf(grants) ?? (before === grants ? undefined : derived(before, grants));
    return found?.index ?? indexOf(grants);
}

function entryOf(grants: readonly Grant[]) {
    const found = known.get(grants);
    return found?.length === grants.length ? found : undefined;
}

function derived(before: readonly Grant[], grants: readonly Grant[]) {
    const old = entryOf(before);
    if (old === undefined) return undefined;
    const most = Math.max(64, before.length / 16);
    if (Math.abs(before.length - grants.length) > most) return undefined;
    const { gone, come } = goneAndCome(exchanged(before, grants));
    if (gone.length + come.length > most) return undefined;
    const parts = partsAfter(old.parts(), gone, come);
    return remember(grants, () => parts);
}

/** @param make Makes its parts, once they are asked for. */
function remember(grants: readonly Grant[], make: () => Parts) {
    let made: Parts | undefined;
    let active: { readonly nowMs: number; readonly spans: readonly Span[] } | undefined;
    const parts = () => {
        made ??= make();
        return made;
    };
    const index: GrantIndex = {
        byId: (id) => grantIn(parts(), id),
        touching(spans) {
            const found = touchingIn(parts(), spans);
            return found.size < 2 ? [...found] : grants.filter((grant) => found.has(grant));
        },
        activeSpans(nowMs) {
            if (active?.nowMs !== nowMs) active = { nowMs, spans: activeSpansOf(parts(), nowMs) };
            return active.spans;
        },
        countActive: (nowMs) => countActiveIn(parts(), nowMs),
        nextMoment: (nowMs, maxMs) => nextMomentIn(parts(), nowMs, maxMs),
    };
    const entry = { index, parts, length: grants.length };
    known.set(grants, entry);
    return entry;
}
