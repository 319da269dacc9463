import { AGREES_MS, DEPARTS_MS } from "../src/core/time/checkedTime";
import { EPOCH_MS } from "./epoch";
import type { Life, Trace } from "./trace";

/** What the processes of a world take for the time, in milliseconds since 1970. */
export interface Clocks {
    /** What a process's clock shows; Okta's time where it goes by that. */
    clockOf(process: number, ms: number): number;
    /** All that a process may take for the time at a moment, the least first: Okta's time is known to it to a second. */
    timesOf(process: number, ms: number): readonly number[];
}

export function clocksOf(trace: Trace, lifeOf: (process: number) => Life): Clocks {
    const clockOf = (process: number, ms: number) => EPOCH_MS + ms + (offsetsOf(trace, lifeOf(process), ms)[0] ?? 0);
    return {
        clockOf,
        timesOf(process, ms) {
            const possible = offsetsOf(trace, lifeOf(process), ms).flatMap((offset) =>
                offset === undefined ? BLURS : [offset],
            );
            return possible.map((byMs) => EPOCH_MS + ms + byMs).sort((one, other) => one - other);
        },
    };
}

/** What the Date of an answer leaves out, and the way of the answer. */
const BLUR_MS = 1500;

/** Near enough to each other that no grant lies between two. */
const BLURS = [-1, -2 / 3, -1 / 3, 0, 1 / 3, 2 / 3, 1].map((share) => share * BLUR_MS);

/**
 * How far the time of a process is off at a moment; undefined where it goes by Okta's time. See
 * src/core/time/checkedTime.ts: that begins where its clock is more than a minute off, and ends where it is within ten seconds.
 *
 * Several are possible where the clock was set twice within a short time: the process may have used no clock in between, and
 * then it goes on as before.
 */
function offsetsOf({ jumps }: Trace, { agent, fromMs }: Life, ms: number): readonly (number | undefined)[] {
    const own = jumps.filter((jump) => jump.agent === agent && jump.atMs <= ms);
    let offsetMs = own.filter(({ atMs }) => atMs <= fromMs).reduce((sum, { byMs }) => sum + byMs, 0);
    let apart = new Set([Math.abs(offsetMs) > DEPARTS_MS]);
    const later = own.filter(({ atMs }) => atMs > fromMs);
    for (const [index, { atMs, byMs }] of later.entries()) {
        offsetMs += byMs;
        const distanceMs = Math.abs(offsetMs);
        const after = [...apart].map((isApart) => distanceMs > (isApart ? AGREES_MS : DEPARTS_MS));
        const nextMs = later[index + 1]?.atMs ?? Infinity;
        apart = new Set(nextMs - atMs < UNUSED_MS ? [...after, ...apart] : after);
    }
    return [...apart].map((isApart) => (isApart ? undefined : offsetMs));
}

/** The longest that a process uses no clock: it reads its source, and looks at its zones, each 30 s. */
const UNUSED_MS = 60_000;
