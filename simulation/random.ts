/** Chance that a seed determines: the same seed gives the same numbers in the same order. */
export interface Random {
    /** From 0 up to, but not including, 1. */
    next(): number;
    /** A whole number; both ends are possible. */
    between(low: number, high: number): number;
    chance(probability: number): boolean;
    pick<T>(list: readonly T[]): T;
}

/** The generator that is known as mulberry32: 32 bits of state, and good enough to make histories. */
export function randomOf(seed: number): Random {
    let state = seed >>> 0;
    const next = () => {
        state = (state + 0x6d2b79f5) >>> 0;
        let mixed = Math.imul(state ^ (state >>> 15), state | 1);
        mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    };
    return {
        next,
        between: (low, high) => low + Math.floor(next() * (high - low + 1)),
        chance: (probability) => next() < probability,
        pick(list) {
            if (list.length === 0) throw new Error("there is nothing to pick from");
            return list[Math.floor(next() * list.length)] as (typeof list)[number];
        },
    };
}
