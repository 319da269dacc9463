import { strict as assert } from "node:assert";

import { openBudget } from "../../src/agent/requestBudget";
import type { RateLimit } from "../../src/okta/exchange/rateLimit";
import { NOW } from "../support/grants";
import { virtualClock } from "../support/virtualClock";

const HOUR = 3_600_000;

describe("openBudget, and a clock that is set", () => {
    for (const byMs of [-HOUR, HOUR]) {
        it(`refills its token bucket with the time that passes, where the clock is set by ${byMs} ms`, async () => {
            const { clock, budget } = stage(() => ({ limit: 48, remaining: 40, resetAtMs: 0, endsAtMs: 0 }));
            for (let count = 0; count < 6; count++) await budget.fetch("http://okta.test/");
            assert.equal(budget.waitMs("remove"), 10_000);
            clock.jump(byMs);
            assert.equal(budget.waitMs("remove"), 10_000);
            await clock.pass(10_000);
            assert.equal(budget.waitMs("remove"), 0);
        });

        it(`waits for the end of a window, where the clock is set by ${byMs} ms`, async () => {
            const told: RateLimit = { limit: 600, remaining: 0, resetAtMs: NOW + 30_000, endsAtMs: 30_000 };
            const { clock, budget } = stage(() => told);
            clock.jump(byMs);
            assert.equal(budget.waitMs("remove"), 30_000);
            await clock.pass(30_000);
            assert.equal(budget.waitMs("remove"), 0);
        });
    }
});

function stage(rateLimit: () => RateLimit) {
    const clock = virtualClock(NOW);
    const budget = openBudget({ fetch: async () => new Response(), clock, sharePercent: 25, rateLimit });
    return { clock, budget };
}
