import { strict as assert } from "node:assert";

import { openBudget } from "../../../src/agent/keeping/budget";
import type { RateLimit } from "../../../src/okta/http";
import { NOW } from "../../support/grants";
import { virtualClock } from "../../support/virtualClock";

const HOUR = 3_600_000;

describe("openBudget, and a clock that is set back", () => {
    it("fills its purse on", async () => {
        const { clock, budget } = stage(() => ({ limit: 48, remaining: 40, resetAtMs: 0, endsAtMs: 0 }));
        for (let count = 0; count < 6; count++) await budget.fetch("http://okta.test/");
        assert.equal(budget.waitMs("remove"), 10_000);
        clock.jump(-HOUR);
        assert.equal(budget.waitMs("remove"), 10_000);
        await clock.pass(10_000);
        assert.equal(budget.waitMs("remove"), 0);
    });

    it("does not wait for the end of a window that was told before", async () => {
        const told: RateLimit = { limit: 600, remaining: 0, resetAtMs: NOW + 30_000, endsAtMs: NOW + 30_000 };
        const { clock, budget } = stage(() => told);
        assert.equal(budget.waitMs("remove"), 30_000);
        clock.jump(-HOUR);
        assert.equal(budget.waitMs("remove"), 0);
    });
});

function stage(rateLimit: () => RateLimit) {
    const clock = virtualClock(NOW);
    const budget = openBudget({ fetch: async () => new Response(), clock, sharePercent: 25, rateLimit });
    return { clock, budget };
}
