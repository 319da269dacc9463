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
export function goneAndCome({ old, fresh }: Exchanged) {
    const [olds, freshes] = [new Set(old), new Set(fresh)];
    return {
        gone: old.filter((grant) => !freshes.has(grant)),
        come: fresh.filter((grant) => !olds.has(grant)),
    };
}
