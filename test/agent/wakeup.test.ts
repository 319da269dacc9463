import { strict as assert } from "node:assert";
import { setImmediate } from "node:timers/promises";

import { createWakeup } from "../../src/agent/wakeup";
import { virtualClock } from "../support/virtualClock";

describe("createWakeup", () => {
    const start = (ms: number) => {
        const clock = virtualClock(0);
        const wakeup = createWakeup(clock);
        const stop = new AbortController();
        let isAwake = false;
        const slept = wakeup.sleep(ms, stop.signal).then(() => {
            isAwake = true;
        });
        slept.catch(() => {});
        return { clock, wakeup, stop, slept, isAwake: () => isAwake };
    };

    it("lets sleep for as long as was asked", async () => {
        const { clock, isAwake } = start(100);
        await clock.pass(99);
        assert.equal(isAwake(), false);
        await clock.pass(1);
        assert.equal(isAwake(), true);
    });

    it("wakes who sleeps, and leaves no sleeper behind", async () => {
        const { clock, wakeup, slept } = start(100);
        wakeup.ring();
        await slept;
        assert.equal(clock.sleepers(), 0);
    });

    it("keeps one ring for the next sleep, and only one", async () => {
        const { clock, wakeup, slept, stop } = start(100);
        wakeup.ring();
        await slept;
        wakeup.ring();
        wakeup.ring();
        await wakeup.sleep(100, stop.signal);
        let isAwake = false;
        wakeup.sleep(100, stop.signal).then(() => {
            isAwake = true;
        });
        await setImmediate();
        assert.equal(isAwake, false);
        await clock.pass(100);
        assert.equal(isAwake, true);
    });

    it("rejects when it is told to stop", async () => {
        const { stop, slept } = start(100);
        stop.abort(new Error("stopping"));
        await assert.rejects(slept, new Error("stopping"));
    });
});
