import { strict as assert } from "node:assert";

import { afterOktaDate, type DateSample, startTime } from "../../../src/core/time/checkedTime";
import { NOW } from "../../support/grants";
import { machine, type Step } from "./machine";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const answer: Step = { do: "answer", tookMs: 200 };
const set = (byMs: number): Step => ({ do: "set", byMs });
const pass = (ms: number): Step => ({ do: "pass", ms });
const wrongDate = (byMs: number): Step => ({ do: "wrong date", byMs });
/** Answers that come one after the other, as when the agent asks several times. */
const answers: readonly Step[] = [answer, pass(1500), answer];

interface Row {
    /** How wrong the wall clock is at the start. @default 0 */
    readonly wrongMs?: number;
    readonly steps: readonly Step[];
    /** How wrong the time is afterwards, to a second. */
    readonly offMs: number;
    /** By how many seconds the wall clock departs, and from what; undefined where it is used. */
    readonly departs?: readonly [seconds: number, from: "okta" | "elapsed"];
    /** @default true */
    readonly isSettled?: boolean;
}

const ROWS: Readonly<Record<string, Row>> = {
    "is the wall clock, and no decision is taken, before Okta has answered": { steps: [], offMs: 0, isSettled: false },
    "is the wall clock where Okta agrees": { steps: [answer], offMs: 0 },
    "is a wall clock that is wrong by up to a minute": { wrongMs: 58 * SECOND, steps: [answer], offMs: 58 * SECOND },
    "is the wall clock where an answer took ten seconds": { steps: [{ do: "answer", tookMs: 10 * SECOND }], offMs: 0 },
    "is not settled by one answer that contradicts the wall clock from the start": {
        wrongMs: HOUR,
        steps: [answer],
        offMs: HOUR,
        isSettled: false,
    },
    "is Okta's time where the wall clock is ahead from the start": {
        wrongMs: HOUR,
        steps: answers,
        offMs: 0,
        departs: [3600, "okta"],
    },
    "is Okta's time where the wall clock is behind from the start": {
        wrongMs: -HOUR,
        steps: answers,
        offMs: 0,
        departs: [-3600, "okta"],
    },
    "is the wall clock where a time server corrected it before Okta answered": {
        wrongMs: -HOUR,
        steps: [set(HOUR), answer],
        offMs: 0,
    },
    "goes on as elapsed time where the wall clock is set forward, and waits for Okta": {
        steps: [answer, set(HOUR), pass(MINUTE)],
        offMs: 0,
        departs: [3600, "elapsed"],
        isSettled: false,
    },
    "goes on as elapsed time where the wall clock is set back, and waits for Okta": {
        steps: [answer, set(-HOUR), pass(MINUTE)],
        offMs: 0,
        departs: [-3600, "elapsed"],
        isSettled: false,
    },
    "is Okta's time where the wall clock was set and Okta answers once": {
        steps: [answer, set(HOUR), answer],
        offMs: 0,
        departs: [3600, "okta"],
    },
    "is the wall clock again once it is set right": {
        steps: [answer, set(HOUR), answer, set(-HOUR), answer],
        offMs: 0,
    },
    "is not yet the wall clock where that is set right but for 30 s": {
        steps: [answer, set(HOUR), answer, set(-HOUR + 30 * SECOND), answer],
        offMs: 0,
        departs: [30, "okta"],
    },
    "is the wall clock that was set by less than a minute": { steps: [answer, set(45 * SECOND)], offMs: 45 * SECOND },
    "is Okta's time where the wall clock was set twice by less than a minute": {
        steps: [answer, set(45 * SECOND), answer, set(45 * SECOND), answer],
        offMs: 0,
        departs: [90, "okta"],
    },
    "is Okta's time where the wall clock gains a second a minute, after an hour": {
        steps: Array.from({ length: 62 }, (): Step[] => [{ do: "drift", ms: MINUTE, gainMs: SECOND }, answer]).flat(),
        offMs: 0,
        departs: [62, "okta"],
    },
    "is the wall clock while that gains a second a minute, for less than an hour": {
        steps: Array.from({ length: 58 }, (): Step[] => [{ do: "drift", ms: MINUTE, gainMs: SECOND }, answer]).flat(),
        offMs: 58 * SECOND,
    },
    "waits for Okta after a suspension": {
        steps: [answer, { do: "suspend", ms: 8 * HOUR }],
        offMs: -8 * HOUR,
        departs: [8 * 3600, "elapsed"],
        isSettled: false,
    },
    "is the wall clock after a suspension, once Okta agrees": {
        steps: [answer, { do: "suspend", ms: 8 * HOUR }, answer],
        offMs: 0,
    },
    "is Okta's time where a wrong wall clock was suspended": {
        steps: [answer, set(HOUR), answer, { do: "suspend", ms: 8 * HOUR }, ...answers],
        offMs: 0,
        departs: [3600, "okta"],
    },
    "waits for a second answer where both clocks stood still": {
        steps: [answer, { do: "pause", ms: 8 * HOUR }, answer],
        offMs: -8 * HOUR,
        isSettled: false,
    },
    "is Okta's time where both clocks stood still": {
        steps: [answer, { do: "pause", ms: 8 * HOUR }, ...answers],
        offMs: 0,
        departs: [-8 * 3600, "okta"],
    },
    "is the wall clock where one answer has a wrong Date": {
        steps: [answer, wrongDate(9 * HOUR), answer],
        offMs: 0,
    },
    "takes no decision between a wrong Date and the next answer": {
        steps: [answer, wrongDate(-9 * HOUR)],
        offMs: 0,
        isSettled: false,
    },
    "does not wait for another answer where one is wrong by half a minute": {
        steps: [answer, wrongDate(-30 * SECOND)],
        offMs: 0,
    },
    "is Okta's time where one answer has a wrong Date that agrees with a wrong wall clock": {
        steps: [answer, set(HOUR), answer, wrongDate(HOUR), answer],
        offMs: 0,
        departs: [3600, "okta"],
    },
    "is the wall clock where two wrong Dates say something different": {
        steps: [answer, wrongDate(HOUR), pass(1500), wrongDate(-HOUR), { do: "no date" }],
        offMs: 0,
    },
    "is the wall clock where a cache keeps an answer for hours": {
        steps: [
            answer,
            ...Array.from({ length: 40 }, (): Step[] => [pass(5 * MINUTE), { do: "cached date" }]).flat(),
            { do: "no date" },
        ],
        offMs: 0,
    },
    "waits where a cache keeps an answer for a while": {
        steps: [answer, pass(20 * MINUTE), { do: "cached date" }, pass(1500), { do: "cached date" }],
        offMs: 0,
        isSettled: false,
    },
    "is settled by one answer where elapsed time was counted too fast, by 18 s in half a day": {
        steps: [answer, { do: "fast", ms: 12 * HOUR, gainMs: 18 * SECOND }, set(HOUR), answer],
        offMs: 0,
        departs: [3600, "okta"],
    },
    "is the wall clock where no answer has a Date": { steps: [{ do: "no date" }, pass(HOUR)], offMs: 0 },
    "goes on as elapsed time where the wall clock is set and no answer has a Date": {
        steps: [{ do: "no date" }, pass(HOUR), set(2 * HOUR), { do: "no date" }, pass(HOUR)],
        offMs: 0,
        departs: [7200, "elapsed"],
    },
    "goes on as elapsed time where answers have no Date any more": {
        steps: [answer, pass(HOUR), set(2 * HOUR), { do: "no date" }],
        offMs: 0,
        departs: [7200, "elapsed"],
    },
    "is Okta's time where answers have no Date any more, and nobody set the clock since": {
        steps: [answer, set(2 * HOUR), answer, { do: "no date" }, pass(HOUR)],
        offMs: 0,
        departs: [7200, "okta"],
    },
    "is Okta's time once an answer has a Date again": {
        steps: [{ do: "no date" }, set(2 * HOUR), { do: "no date" }, answer],
        offMs: 0,
        departs: [7200, "okta"],
    },
};

describe("timeAt", () => {
    for (const [sentence, { wrongMs, steps, offMs, departs, isSettled = true }] of Object.entries(ROWS)) {
        it(sentence, () => {
            const pc = machine(wrongMs);
            for (const step of steps) pc.take(step);
            const { nowMs, departure, ...rest } = pc.reading();
            const wrongByMs = nowMs - pc.realMs() - offMs;
            assert.ok(Math.abs(wrongByMs) <= 1100, `it is wrong by another ${wrongByMs} ms`);
            if (departure === undefined) assert.equal(nowMs, pc.wallMs());
            const byMs = (departs?.[0] ?? 0) * SECOND;
            assert.ok(Math.abs((departure?.byMs ?? 0) - byMs) <= 1100, `it departs by ${departure?.byMs} ms`);
            assert.deepEqual([departure?.from, rest.isSettled], [departs?.[1], isSettled]);
        });
    }
});

describe("afterOktaDate", () => {
    const sample: DateSample = { dateMs: NOW, sentAtMs: 1000, receivedAtMs: 1200 };
    const clocks = { wallMs: NOW + 200, elapsedMs: 1200 };
    const time = startTime({ wallMs: NOW, elapsedMs: 1000 });
    const rows: Readonly<Record<string, Partial<DateSample>>> = {
        "a Date that is no number": { dateMs: Number.NaN },
        "a Date of 1970": { dateMs: 0 },
        "a Date of the year 9999": { dateMs: Date.UTC(9999, 0) },
        "an answer that took a minute": { receivedAtMs: 61_000 },
        "an answer that came before it was asked for": { receivedAtMs: 900 },
    };
    for (const [sentence, change] of Object.entries(rows)) {
        it(`ignores ${sentence}`, () => assert.equal(afterOktaDate(time, { ...sample, ...change }, clocks), time));
    }

    it("knows the time better with each answer", () => {
        const pc = machine(HOUR);
        for (const step of answers) pc.take(step);
        for (let count = 0; count < 200; count++) {
            pc.take(pass(733));
            pc.take({ do: "answer", tookMs: 20 });
        }
        const { lowMs, highMs } = pc.state().bounds;
        assert.ok(highMs - lowMs < 150, `${highMs - lowMs} ms`);
        assert.ok(Math.abs(pc.reading().nowMs - pc.realMs()) < 150);
    });

    it("sets the time by no more than it has to", () => {
        const pc = machine(HOUR);
        for (const step of answers) pc.take(step);
        for (let count = 0; count < 200; count++) {
            pc.take(pass(733));
            const beforeMs = pc.reading().nowMs - pc.elapsedMs();
            pc.take({ do: "answer", tookMs: 20 });
            const { nowMs } = pc.reading();
            const afterMs = nowMs - pc.elapsedMs();
            const { lowMs, highMs } = pc.state().bounds;
            const isWithin = lowMs <= beforeMs && beforeMs <= highMs;
            assert.ok(isWithin ? afterMs === beforeMs : afterMs === lowMs || afterMs === highMs);
        }
    });
});
