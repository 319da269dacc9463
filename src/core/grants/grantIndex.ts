import type { Span } from "../addresses/ip";
import { finish, type Work } from "../work";
import { exchanged, goneAndComeWork } from "./exchanged";
import type { Grant } from "./grants";
import {
    activeSpansOf,
    countActiveIn,
    grantIn,
    nextMomentIn,
    type Parts,
    partsAfter,
    partsWork,
    touchingIn,
} from "./indexParts";

/**
 * Queries on a list of grants, for decisions. An index is built once, and for a later list from the changes, without visiting
 * the grants that stayed. Ids are unique.
 */
export interface GrantIndex {
    byId(id: string): Grant | undefined;
    /** The grants that share an address with one of these spans, in the order of the list. */
    touching(spans: readonly Span[]): readonly Grant[];
    /** The spans of active grants, sorted and disjoint; adjacent spans are not merged. */
    activeSpans(nowMs: number): readonly Span[];
    countActive(nowMs: number): number;
    /** See `nextMoment`. */
    nextMoment(nowMs: number, maxMs?: number): number | undefined;
}

/** The index of each list, for the lifetime of the list. */
const known = new WeakMap<readonly Grant[], Entry>();

interface Entry {
    readonly index: GrantIndex;
    /** Makes the parts where they are not made. */
    parts(): Parts;
    isMade(): boolean;
    readonly length: number;
}

export function indexOf(grants: readonly Grant[]): GrantIndex {
    return (entryOf(grants) ?? remember(grants, () => finish(partsWork(grants)))).index;
}

/** As indexOf, for a list that shares most grants with an earlier one, as the same objects. */
export function indexAfter(before: readonly Grant[], grants: readonly Grant[]): GrantIndex {
    const found = entryOf(grants) ?? (before === grants ? undefined : finish(derivedWork(before, grants)));
    return found?.index ?? indexOf(grants);
}

/** Makes the index of a list in slices, so that `indexOf` and `indexAfter` find it made. */
export function* indexWork(before: readonly Grant[], grants: readonly Grant[]): Work<void> {
    if (entryOf(grants)?.isMade()) return;
    if (entryOf(before)?.isMade() && before !== grants && (yield* derivedWork(before, grants)) !== undefined) return;
    const parts = yield* partsWork(grants);
    if (!entryOf(grants)?.isMade()) remember(grants, () => parts).parts();
}

function entryOf(grants: readonly Grant[]) {
    const found = known.get(grants);
    return found?.length === grants.length ? found : undefined;
}

/** The index that goes on from the earlier one; undefined where too much has changed. */
function* derivedWork(before: readonly Grant[], grants: readonly Grant[]): Work<Entry | undefined> {
    const old = entryOf(before);
    if (old === undefined) return undefined;
    const most = Math.max(64, before.length / 16);
    if (Math.abs(before.length - grants.length) > most) return undefined;
    const { gone, come } = yield* goneAndComeWork(exchanged(before, grants));
    if (gone.length + come.length > most) return undefined;
    // Somebody else may have made it meanwhile.
    const made = entryOf(grants);
    if (made?.isMade()) return made;
    const parts = partsAfter(old.parts(), gone, come);
    return remember(grants, () => parts);
}

/** @param make Makes the parts when they are first needed. */
function remember(grants: readonly Grant[], make: () => Parts): Entry {
    let made: Parts | undefined;
    // Between two moments the same grants are active.
    let active: { readonly fromMs: number; readonly untilMs: number; readonly spans: readonly Span[] } | undefined;
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
            if (active === undefined || nowMs < active.fromMs || nowMs >= active.untilMs) {
                const untilMs = nextMomentIn(parts(), nowMs) ?? Infinity;
                active = { fromMs: nowMs, untilMs, spans: activeSpansOf(parts(), nowMs) };
            }
            return active.spans;
        },
        countActive: (nowMs) => countActiveIn(parts(), nowMs),
        nextMoment: (nowMs, maxMs) => nextMomentIn(parts(), nowMs, maxMs),
    };
    const entry = { index, parts, isMade: () => made !== undefined, length: grants.length };
    known.set(grants, entry);
    return entry;
}
