import { strict as assert } from "node:assert";
import fc from "fast-check";

import { DEPARTS_MS } from "../../../src/core/time/checkedTime";
import { type Machine, machine, type Step } from "./machine";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Half of an answer's way, the second that `Date` leaves out, and the drift of elapsed time within the longest test. */
const BLUR_MS = 5000 + SECOND + 40 * SECOND;

const isOneOf = <T>(...values: readonly T[]) => fc.constantFrom(...values);
const moves = isOneOf(-9 * HOUR, -HOUR, -61 * SECOND, -59 * SECOND, 0, 20 * SECOND, 59 * SECOND, 61 * SECOND, HOUR);

const pass = isOneOf(0, 300, 1500, 30 * SECOND, 10 * MINUTE).map((ms): Step => ({ do: "pass", ms }));
const set = moves.map((byMs): Step => ({ do: "set", byMs }));
const suspend = isOneOf(SECOND, 59 * SECOND, 8 * HOUR).map((ms): Step => ({ do: "suspend", ms }));
const pause = isOneOf(SECOND, 59 * SECOND, 8 * HOUR).map((ms): Step => ({ do: "pause", ms }));
const drift = isOneOf(-SECOND, SECOND, 5 * SECOND).map((gainMs): Step => ({ do: "drift", ms: MINUTE, gainMs }));
const answer = isOneOf(0, 120, 10 * SECOND).map((tookMs): Step => ({ do: "answer", tookMs }));
const wrongDate = isOneOf(-HOUR, 61 * SECOND, 9 * HOUR, Number.NaN).map((byMs): Step => ({ do: "wrong date", byMs }));
const cached = fc.constant<Step>({ do: "cached date" });
const noDate = fc.constant<Step>({ do: "no date" });

const anything = fc.oneof(pass, set, suspend, pause, drift, answer, answer, wrongDate, cached, noDate);
const wrongMs = isOneOf(0, 0, 30 * SECOND, HOUR, -HOUR);

/** Two answers a second and a half apart, as the agent asks where the time is not settled. */
const TWO_ANSWERS: readonly Step[] = [
    { do: "answer", tookMs: 100 },
    { do: "pass", ms: 1500 },
    { do: "answer", tookMs: 100 },
];

function played(wrongMs: number, steps: readonly Step[]): Machine {
    const made = machine(wrongMs);
    for (const step of steps) made.take(step);
    return made;
}

const offMs = (pc: Machine) => Math.abs(pc.reading().nowMs - pc.realMs());

describe("the laws of checkedTime", () => {
    it("give a time that is a number, whatever happens", () => {
        fc.assert(
            fc.property(wrongMs, fc.array(anything, { maxLength: 20 }), (wrongMs, steps) => {
                const { nowMs, aheadMs, departure } = played(wrongMs, steps).reading();
                assert.ok([nowMs, aheadMs, departure?.byMs ?? 0].every(Number.isFinite));
            }),
        );
    });

    it("use the wall clock while it is not set and Okta has not answered", () => {
        fc.assert(
            fc.property(wrongMs, fc.array(fc.oneof(pass, noDate), { maxLength: 20 }), (wrongMs, steps) => {
                const pc = played(wrongMs, steps);
                assert.deepEqual([pc.reading().nowMs, pc.reading().departure], [pc.wallMs(), undefined]);
            }),
        );
    });

    it("move by at most a minute when the wall clock is set, forwards and backwards", () => {
        const before = fc.array(fc.oneof(pass, drift, answer, set, noDate), { maxLength: 12 });
        const then = fc.array(fc.oneof(pass, set), { maxLength: 8 });
        fc.assert(
            fc.property(wrongMs, before, then, (wrongMs, before, then) => {
                const pc = played(wrongMs, before);
                for (const step of then) {
                    const timeMs = pc.reading().nowMs - pc.elapsedMs();
                    pc.take(step);
                    const movedMs = Math.abs(pc.reading().nowMs - pc.elapsedMs() - timeMs);
                    assert.ok(movedMs <= DEPARTS_MS + BLUR_MS, `${movedMs} ms`);
                }
            }),
        );
    });

    it("take no decision between a wall clock that moved by more than a minute and Okta's next answer", () => {
        const before = fc.array(anything, { maxLength: 12 });
        const jump = fc.oneof(
            isOneOf(-9 * HOUR, -62 * SECOND, 62 * SECOND, HOUR).map((byMs): Step => ({ do: "set", byMs })),
            isOneOf(62 * SECOND, 8 * HOUR).map((ms): Step => ({ do: "suspend", ms })),
        );
        fc.assert(
            fc.property(wrongMs, before, jump, fc.array(pass), (wrongMs, before, jump, rest) => {
                const settled = played(wrongMs, [...before, { do: "no date" }]);
                assert.ok(settled.reading().isSettled);
                for (const step of [jump, ...rest]) settled.take(step);
                assert.equal(settled.reading().isSettled, false);
            }),
        );
    });

    it("follow Okta's time where the wall clock is off by more than a minute, once Okta has answered", () => {
        const steps = fc.array(anything, { maxLength: 12 });
        fc.assert(
            fc.property(wrongMs, steps, (wrongMs, steps) => {
                const pc = played(wrongMs, [...steps, ...TWO_ANSWERS]);
                const wallOffMs = Math.abs(pc.wallMs() - pc.realMs());
                const { isSettled, departure, nowMs } = pc.reading();
                assert.ok(isSettled);
                // A second is what Date leaves out, and a tenth what the answer took.
                if (wallOffMs > DEPARTS_MS + 1100) assert.equal(departure?.from, "okta");
                if (departure !== undefined) assert.ok(offMs(pc) <= 1100, `${offMs(pc)} ms`);
                else assert.equal(nowMs, pc.wallMs());
                if (wallOffMs < 8000) assert.equal(departure, undefined);
            }),
        );
    });

    it("let no single wrong Date move the time", () => {
        const wrong = fc.oneof(wrongDate, cached);
        // Not to almost a minute: there a Date that is wrong by seconds decides whether the wall clock is used.
        const setFar = isOneOf(-9 * HOUR, -HOUR, 12 * SECOND, HOUR).map((byMs): Step => ({ do: "set", byMs }));
        const good = fc.array(fc.oneof(pass, answer, setFar), { maxLength: 3 });
        fc.assert(
            fc.property(wrongMs, good, wrong, good, (wrongMs, before, wrong, rest) => {
                const pc = played(wrongMs, [...before, ...TWO_ANSWERS]);
                const timeMs = pc.reading().nowMs - pc.elapsedMs();
                pc.take(wrong);
                const movedMs = Math.abs(pc.reading().nowMs - pc.elapsedMs() - timeMs);
                assert.ok(movedMs <= 10 * SECOND, `${movedMs} ms`);
                for (const step of [...rest, ...TWO_ANSWERS]) pc.take(step);
                assert.ok(offMs(pc) <= DEPARTS_MS + 1100);
            }),
        );
    });

    it("are at most a minute off while the clock is set, the machine is suspended and wrong Dates arrive in between", () => {
        const trouble = fc.oneof(set, suspend, pause, drift, wrongDate, cached);
        const steps = fc.array(fc.tuple(pass, trouble), { maxLength: 12 });
        fc.assert(
            fc.property(wrongMs, steps, (wrongMs, steps) => {
                const pc = played(wrongMs, TWO_ANSWERS);
                for (const [rest, trouble] of steps) {
                    for (const step of [trouble, rest, ...TWO_ANSWERS]) pc.take(step);
                    assert.ok(offMs(pc) <= DEPARTS_MS + 1100, `${offMs(pc)} ms`);
                }
            }),
        );
    });

    it("never wait for Okta for ever: without a Date the time is settled as well", () => {
        fc.assert(
            fc.property(wrongMs, fc.array(anything, { maxLength: 12 }), (wrongMs, steps) => {
                const pc = played(wrongMs, [...steps, { do: "no date" }]);
                assert.ok(pc.reading().isSettled);
            }),
        );
    });
});
