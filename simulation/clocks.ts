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
    const clockOf = (process: number, ms: number) => EPOCH_MS + ms + (offsetOf(trace, lifeOf(process), ms) ?? 0);
    return {
        clockOf,
        timesOf(process, ms) {
            const isApart = offsetOf(trace, lifeOf(process), ms) === undefined;
            return (isApart ? BLURS : [0]).map((byMs) => clockOf(process, ms) + byMs);
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
 */
function offsetOf({ jumps }: Trace, { agent, fromMs }: Life, ms: number): number | undefined {
    const own = jumps.filter((jump) => jump.agent === agent && jump.atMs <= ms);
    let offsetMs = own.filter(({ atMs }) => atMs <= fromMs).reduce((sum, { byMs }) => sum + byMs, 0);
    let isApart = Math.abs(offsetMs) > DEPARTS_MS;
    for (const { byMs } of own.filter(({ atMs }) => atMs > fromMs)) {
        offsetMs += byMs;
        isApart = Math.abs(offsetMs) > (isApart ? AGREES_MS : DEPARTS_MS);
    }
    return isApart ? undefined : offsetMs;
}
