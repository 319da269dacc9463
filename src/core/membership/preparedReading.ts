import { type Compared, comparedWork } from "../grants/grantChanges";
import { indexOf, indexWork } from "../grants/grantIndex";
import type { Grant } from "../grants/grants";
import { type Selector, selectedGrants } from "../grants/selection";
import type { Work } from "../work";

export interface PrepareInput {
    /** The grants of the previous reading; undefined where there is none. */
    readonly before: readonly Grant[] | undefined;
    /** The grants that are remembered. */
    readonly remembered: readonly Grant[];
    /** The grants of the new reading. */
    readonly next: readonly Grant[];
    readonly selector: Selector;
    /** About when it will be decided about: what is active then is active until the next start or end of a grant. */
    readonly nowMs: number;
}

/** Comparisons that the decision finds made, for as long as a caller keeps this. */
export type Prepared = readonly Compared[];

/** What is done with a whole list at once, such as a copy of it, takes a slice of its own. */
const A_LIST = 5000;

/**
 * Makes in slices the comparisons and indexes that a decision about a reading would make at once. The decision is the same
 * without it, and if other lists are compared then: it only takes longer.
 */
export function* prepareReading({ before, remembered, next, selector, nowMs }: PrepareInput): Work<Prepared> {
    const ofSource = yield* comparedWork(before ?? remembered, next);
    const isSame = before !== undefined && ofSource.changes.length === 0;
    const grants = isSame ? before : ofSource.grants;
    yield A_LIST;
    yield* indexWork(remembered, remembered);
    yield A_LIST;
    yield* indexWork(before ?? remembered, grants);
    yield A_LIST;
    const selected = selectedGrants(grants, selector);
    yield A_LIST;
    yield* indexWork(remembered, selected);
    yield A_LIST;
    indexOf(selected).activeSpans(nowMs);
    yield A_LIST;
    return [ofSource, yield* comparedWork(remembered, selected)];
}
