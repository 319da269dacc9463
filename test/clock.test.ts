import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";

import { systemClock } from "../src/clock";
import { NOW } from "./support/grants";
import { virtualClock } from "./support/virtualClock";

describe("elapsedMs of systemClock", () => {
    it("does not change when the wall clock is set, and goes on with the time", async () => {
        const { now } = Date;
        const beforeMs = systemClock.elapsedMs();
        try {
            Date.now = () => now() + 3_600_000;
            assert.ok(systemClock.now() > now() + 3_500_000);
            assert.ok(systemClock.elapsedMs() - beforeMs < 600_000);
            await systemClock.sleep(30, new AbortController().signal);
            assert.ok(systemClock.elapsedMs() > beforeMs);
        } finally {
            Date.now = now;
        }
    });

    it("counts the time for which the machine was suspended, on Linux", function () {
        if (process.platform !== "linux") return this.skip();
        const [before = 0, clock, after = 0] = [uptimeMs(), systemClock.elapsedMs(), uptimeMs()];
        assert.ok(before <= clock && clock <= after, `${before} ${clock} ${after}`);
    });
});

/** `/proc/uptime` counts suspended time (proc_uptime(5)), unlike the monotonic clock. */
function uptimeMs(): number {
    return Math.round(Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]) * 1000);
}

describe("virtualClock", () => {
    it("keeps its elapsed time where the wall clock is set", async () => {
        const clock = virtualClock(NOW);
        await clock.pass(1000);
        clock.jump(-3_600_000);
        assert.deepEqual([clock.now(), clock.elapsedMs()], [NOW + 1000 - 3_600_000, 1000]);
    });
});
