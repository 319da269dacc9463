import { visitEach, type Work } from "../work";
import type { Grant } from "./grants";
import { rememberLast } from "./lastPair";

/** The difference between two lists that share most of their grants, as the same objects. */
export interface Exchanged {
    /** How many grants at the beginning are the same objects in both. */
    readonly head: number;
    /** The parts between the common beginning and the common end: of the earlier list, and of the later one. */
    readonly old: readonly Grant[];
    readonly fresh: readonly Grant[];
}

export const exchanged = rememberLast((before, after): Exchanged => {
    const most = Math.min(before.length, after.length);
    let [head, tail] = [0, 0];
    while (head < most && before[head] === after[head]) head++;
    while (tail < most - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
    return {
        head,
        old: before.slice(head, before.length - tail),
        fresh: after.slice(head, after.length - tail),
    };
});

/** The grants of either part that the other one does not have, as objects. */
export interface GoneAndCome {
    readonly gone: readonly Grant[];
    readonly come: readonly Grant[];
}

/** Finds in slices what is gone and what has come. */
export function* goneAndComeWork({ old, fresh }: Exchanged): Work<GoneAndCome> {
    const [olds, freshes] = [new Set<Grant>(), new Set<Grant>()];
    const [gone, come]: [Grant[], Grant[]] = [[], []];
    yield* visitEach(old, 0.2, (grant) => olds.add(grant));
    yield* visitEach(fresh, 0.2, (grant) => {
        freshes.add(grant);
        if (!olds.has(grant)) come.push(grant);
    });
    yield* visitEach(old, 0.1, (grant) => {
        if (!freshes.has(grant)) gone.push(grant);
    });
    return { gone, come };
}
