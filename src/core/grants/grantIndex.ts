import type { Span } from "../addresses/ip";
import { activeSpansIn, type Columns, columnsAfter, columnsOf, grantsTouching } from "./columns";
import { exchanged, goneAndCome } from "./exchanged";
import type { Grant } from "./grants";
import { countActive, type Moments, momentsAfter, momentsOf, nextMoment } from "./moments";

/**
 * What decisions ask of a list of grants. It is made once for a list, and for a later one from the changes: then it costs
 * a copy of some numbers, and no look at the grants that stayed. Ids are each there once.
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

interface Parts {
    readonly columns: Columns;
    readonly moments: Moments;
    readonly ids: Ids;
}

/** By id: those of an earlier list, and what is otherwise since; undefined where no one has asked yet. */
type Ids = { readonly base: ReadonlyMap<string, Grant>; readonly since: ReadonlyMap<string, Grant | undefined> };

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
        byId: (id) => grantIn(parts().ids, id),
        touching(spans) {
            const found = grantsTouching(parts().columns, spans);
            return found.size < 2 ? [...found] : grants.filter((grant) => found.has(grant));
        },
        activeSpans(nowMs) {
            if (active?.nowMs !== nowMs) active = { nowMs, spans: activeSpansIn(parts().columns, nowMs) };
            return active.spans;
        },
        countActive: (nowMs) => countActive(parts().moments, nowMs),
        nextMoment: (nowMs, maxMs) => nextMoment(parts().moments, nowMs, maxMs),
    };
    const entry = { index, parts, length: grants.length };
    known.set(grants, entry);
    return entry;
}

function partsOf(grants: readonly Grant[]): Parts {
    return {
        columns: columnsOf(grants),
        moments: momentsOf(grants),
        ids: { base: new Map(grants.map((grant) => [grant.id, grant])), since: new Map() },
    };
}

function partsAfter({ columns, moments, ids }: Parts, gone: readonly Grant[], come: readonly Grant[]): Parts {
    return {
        columns: columnsAfter(columns, gone, come),
        moments: momentsAfter(moments, gone, come),
        ids: idsAfter(ids, gone, come),
    };
}

function grantIn({ base, since }: Ids, id: string): Grant | undefined {
    return since.has(id) ? since.get(id) : base.get(id);
}

/** From so many changes on they are put into one map with the rest. */
const MOST_SINCE = 1000;

function idsAfter({ base, since }: Ids, gone: readonly Grant[], come: readonly Grant[]): Ids {
    const next = new Map(since);
    for (const { id } of gone) next.set(id, undefined);
    for (const grant of come) next.set(grant.id, grant);
    if (next.size <= MOST_SINCE) return { base, since: next };
    const all = new Map(base);
    for (const [id, grant] of next) {
        if (grant === undefined) all.delete(id);
        else all.set(id, grant);
    }
    return { base: all, since: new Map() };
}
