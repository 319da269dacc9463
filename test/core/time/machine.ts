import {
    afterClocks,
    afterNoDate,
    afterOktaDate,
    type CheckedTime,
    startTime,
    type TimeReading,
    timeAt,
} from "../../../src/core/time/checkedTime";
import { NOW } from "../../support/grants";

/** What happens to a machine and to the time that it checks; all times in milliseconds. */
export type Step =
    | { readonly do: "pass"; readonly ms: number }
    /** Time passes, and the wall clock gains so much meanwhile. */
    | { readonly do: "drift"; readonly ms: number; readonly gainMs: number }
    /** Time passes, and elapsed time is counted too fast. */
    | { readonly do: "fast"; readonly ms: number; readonly gainMs: number }
    | { readonly do: "set"; readonly byMs: number }
    /** Elapsed time stands still, and the wall clock does not. */
    | { readonly do: "suspend"; readonly ms: number }
    /** A hypervisor stops the machine: both clocks stand still. */
    | { readonly do: "pause"; readonly ms: number }
    /** Okta answers, half-way through, with its time. */
    | { readonly do: "answer"; readonly tookMs: number }
    /** Somebody else puts another Date on the answer: so far from Okta's time. */
    | { readonly do: "wrong date"; readonly byMs: number }
    /** An answer that a cache kept, with the Date of NOW. */
    | { readonly do: "cached date" }
    /** Okta was asked several times, and no answer had a usable Date. */
    | { readonly do: "no date" };

export interface Machine {
    take(step: Step): void;
    reading(): TimeReading;
    /** What time it is really. */
    realMs(): number;
    wallMs(): number;
    elapsedMs(): number;
    state(): CheckedTime;
}

/** A machine whose wall clock is wrong by so much at its start. */
export function machine(wallErrorMs = 0): Machine {
    let realMs = NOW;
    let wallMs = NOW + wallErrorMs;
    let elapsedMs = 1000;
    const clocks = () => ({ wallMs, elapsedMs });
    let time = startTime(clocks());

    function move(ms: number, gainMs = 0): void {
        realMs += ms;
        wallMs += ms + gainMs;
        elapsedMs += ms;
    }

    function answer(tookMs: number, dateAt: () => number): void {
        const sentAtMs = elapsedMs;
        move(tookMs / 2);
        const dateMs = Math.floor(dateAt() / 1000) * 1000;
        move(tookMs / 2);
        time = afterOktaDate(time, { dateMs, sentAtMs, receivedAtMs: elapsedMs }, clocks());
    }

    const takers: { readonly [Do in Step["do"]]: (step: Extract<Step, { readonly do: Do }>) => void } = {
        pass: ({ ms }) => move(ms),
        drift: ({ ms, gainMs }) => move(ms, gainMs),
        fast({ ms, gainMs }) {
            move(ms);
            elapsedMs += gainMs;
        },
        set({ byMs }) {
            wallMs += byMs;
        },
        suspend({ ms }) {
            realMs += ms;
            wallMs += ms;
        },
        pause({ ms }) {
            realMs += ms;
        },
        answer: ({ tookMs }) => answer(tookMs, () => realMs),
        "wrong date": ({ byMs }) => answer(100, () => realMs + byMs),
        "cached date": () => answer(100, () => NOW),
        "no date"() {
            time = afterNoDate(time, clocks());
        },
    };

    return {
        take(step) {
            (takers[step.do] as (step: Step) => void)(step);
            time = afterClocks(time, clocks());
        },
        reading: () => timeAt(time, clocks()),
        realMs: () => realMs,
        wallMs: () => wallMs,
        elapsedMs: () => elapsedMs,
        state: () => time,
    };
}
