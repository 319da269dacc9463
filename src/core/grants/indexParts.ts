import type { Span } from "../addresses/ip";
import { mergeSpans, overlapsSpan, separateSpans } from "../addresses/spans";
import { visitEach, type Work } from "../work";
import { activeSpansIn, type Columns, columnsAfter, columnsWork, grantsTouching, rowsIn } from "./columns";
import { type Grant, isActive } from "./grants";
import { countActive, countAt, type Moments, momentsAfter, momentsOf, momentsWork, nextMoment } from "./moments";

/** The parts of an index: an earlier list of grants, and the grants removed and added since. */
export interface Parts {
    readonly base: Base;
    readonly gone: ReadonlySet<Grant>;
    readonly come: ReadonlySet<Grant>;
}

interface Base {
    readonly columns: Columns;
    readonly moments: Moments;
    readonly ids: ReadonlyMap<string, Grant>;
}

/** With more changes than this, the parts are merged into one list, which costs a copy. */
const MOST_SINCE = 256;

const NOBODY: ReadonlySet<Grant> = new Set();

/** The parts of a list, in slices. */
export function* partsWork(grants: readonly Grant[]): Work<Parts> {
    const ids = new Map<string, Grant>();
    yield* visitEach(grants, 0.2, (grant) => ids.set(grant.id, grant));
    const columns = yield* columnsWork(grants);
    return { base: { columns, moments: yield* momentsWork(grants), ids }, gone: NOBODY, come: NOBODY };
}

/** The parts of a list without some of the grants, and with others. */
export function partsAfter(before: Parts, less: readonly Grant[], more: readonly Grant[]): Parts {
    const [gone, come] = [new Set(before.gone), new Set(before.come)];
    for (const grant of less) if (!come.delete(grant)) gone.add(grant);
    for (const grant of more) if (!gone.delete(grant)) come.add(grant);
    if (gone.size + come.size <= MOST_SINCE) return { base: before.base, gone, come };
    return { base: baseAfter(before.base, [...gone], [...come]), gone: NOBODY, come: NOBODY };
}

function baseAfter({ columns, moments, ids }: Base, gone: readonly Grant[], come: readonly Grant[]): Base {
    const next = new Map(ids);
    for (const { id } of gone) next.delete(id);
    for (const grant of come) next.set(grant.id, grant);
    return {
        columns: columnsAfter(columns, gone, come),
        moments: momentsAfter(moments, gone, come),
        ids: next,
    };
}

export function grantIn({ base, gone, come }: Parts, id: string): Grant | undefined {
    for (const grant of come) if (grant.id === id) return grant;
    const grant = base.ids.get(id);
    return grant === undefined || gone.has(grant) ? undefined : grant;
}

export function touchingIn({ base, gone, come }: Parts, spans: readonly Span[]): ReadonlySet<Grant> {
    const found = new Set<Grant>();
    for (const grant of grantsTouching(base.columns, spans)) if (!gone.has(grant)) found.add(grant);
    const near = mergeSpans(spans);
    for (const grant of come) if (grant.spans.some((span) => overlapsSpan(near, span))) found.add(grant);
    return found;
}

export function activeSpansOf({ base, gone, come }: Parts, nowMs: number): readonly Span[] {
    const stayed = activeSpansIn(base.columns, nowMs, rowsIn(base.columns, [...gone]));
    const active = [...come].filter((grant) => isActive(grant, nowMs));
    return active.length === 0 ? stayed : separateSpans([...stayed, ...active.flatMap(({ spans }) => spans)]);
}

export function countActiveIn({ base, gone, come }: Parts, nowMs: number): number {
    let count = countActive(base.moments, nowMs);
    for (const grant of gone) if (isActive(grant, nowMs)) count--;
    for (const grant of come) if (isActive(grant, nowMs)) count++;
    return count;
}

/** See `nextMoment`. */
export function nextMomentIn({ base, gone, come }: Parts, nowMs: number, maxMs?: number): number | undefined {
    const [left, added] = [momentsOf([...gone]), momentsOf([...come])];
    const ofCome = nextMoment(added, nowMs, maxMs);
    let ofBase = nextMoment(base.moments, nowMs, maxMs);
    while (ofBase !== undefined && countAt(base.moments, ofBase, maxMs) === countAt(left, ofBase, maxMs)) {
        ofBase = nextMoment(base.moments, ofBase, maxMs);
    }
    return ofBase === undefined || ofCome === undefined ? (ofBase ?? ofCome) : Math.min(ofBase, ofCome);
}
