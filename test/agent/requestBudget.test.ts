import { strict as assert } from "node:assert";

import { openBudget, openOrgBudget } from "../../src/agent/requestBudget";
import type { RateLimit } from "../../src/okta/exchange/rateLimit";
import { virtualClock } from "../support/virtualClock";

function open(rateLimit: RateLimit | undefined) {
    const clock = virtualClock(0);
    const answer = async () => new Response();
    const budget = openBudget({ fetch: answer, clock, sharePercent: 25, rateLimit: () => rateLimit });
    const spend = async (requests: number) => {
        for (let count = 0; count < requests; count++) await budget.fetch("http://127.0.0.1/");
    };
    return { clock, budget, spend };
}

const told = (remaining: number, limit = 600): RateLimit => ({ limit, remaining, resetAtMs: 99, endsAtMs: 20_000 });

describe("budget", () => {
    it("assumes the lowest recorded limit until Okta has reported it", () => {
        assert.equal(open(undefined).budget.perMinute(), 12);
        assert.equal(open(told(600)).budget.perMinute(), 150);
    });

    it("does not take the 0 of too many requests at once for the limit", () => {
        assert.equal(open(told(0, 0)).budget.perMinute(), 12);
    });

    it("counts every request, and makes writes wait when half of a minute's are spent", async () => {
        const { clock, budget, spend } = open(undefined);
        await spend(6);
        assert.equal(budget.waitMs("remove"), 10_000);
        await clock.pass(10_000);
        assert.equal(budget.waitMs("remove"), 0);
    });

    it("waits for whole milliseconds, so that the time has passed after the sleep", async () => {
        const { clock, budget } = open({ limit: 600, remaining: 0, resetAtMs: 99, endsAtMs: 20_000.4 });
        assert.equal(budget.waitMs("remove"), 20_001);
        await clock.pass(20_000.3);
        assert.equal(budget.waitMs("remove"), 1);
    });

    it("adds the difference once, when Okta reports a higher limit than assumed", async () => {
        const clock = virtualClock(0);
        let rate: RateLimit | undefined;
        const answer = async () => new Response();
        const budget = openBudget({ fetch: answer, clock, sharePercent: 25, rateLimit: () => rate });
        const spend = async (requests: number) => {
            for (let count = 0; count < requests; count++) await budget.fetch("http://127.0.0.1/");
        };
        await spend(5);
        rate = { limit: 600, remaining: 595, resetAtMs: 99, endsAtMs: 60_000 };
        await spend(69);
        assert.deepEqual([budget.waitMs("remove"), budget.waitMs("look")], [0, 1600]);
        await spend(1);
        assert.ok(budget.waitMs("remove") > 0);
        rate = { ...rate, limit: 0 };
        assert.ok(budget.waitMs("remove") > 0);
        rate = { ...rate, limit: 600 };
        assert.ok(budget.waitMs("remove") > 0);
    });

    const rows: [remaining: number, purpose: "remove" | "look", waitMs: number, because: string][] = [
        [61, "look", 0, "there is more than a tenth left"],
        [60, "look", 20_000, "the last tenth is for writes"],
        [1, "remove", 0, "a write may have the last one"],
        [0, "remove", 20_000, "there is none left until the window ends"],
    ];
    for (const [remaining, purpose, waitMs, because] of rows) {
        it(`with ${remaining} of 600 left, to ${purpose} waits ${waitMs}: ${because}`, () =>
            assert.equal(open(told(remaining)).budget.waitMs(purpose), waitMs));
    }

    it("forgets what Okta said when the window is over", async () => {
        const { clock, budget } = open(told(0));
        await clock.pass(20_000);
        assert.equal(budget.waitMs("remove"), 0);
    });
});

describe("the budget of an org", () => {
    /** A minute's requests, half of them at once: 6, and then one each 10 s. */
    function openTwo(rateLimit?: RateLimit) {
        const clock = virtualClock(0);
        const now = { rateLimit };
        const org = openOrgBudget({
            fetch: async () => new Response(),
            clock,
            sharePercent: 25,
            rateLimit: () => now.rateLimit,
        });
        const turns: string[] = [];
        const join = (member: string, zones = 1) => org.join(member, zones, () => turns.push(member));
        const spend = async (requests: number) => {
            for (let count = 0; count < requests; count++) await org.fetch("http://127.0.0.1/");
        };
        return { clock, now, org, join, spend, turns };
    }

    it("lets a removal go before an addition that has waited for longer", async () => {
        const { join, spend, clock } = openTwo();
        const [one, other] = [join("one"), join("other")];
        await spend(6);
        assert.equal(one.mayAsk("add"), false);
        await clock.pass(5000);
        assert.equal(other.mayAsk("remove"), false);
        assert.deepEqual([other.waitMs("remove"), one.waitMs("add")], [5000, 25_000]);
    });

    for (const purpose of ["add", "look"] as const) {
        it(`lets a request to ${purpose} go within a minute beside a membership that always has a removal to make`, async () => {
            const { org, join, spend, clock, turns } = openTwo();
            const [busy, other] = [join("busy"), join("other")];
            await spend(6);
            let [made, waitedMs] = [0, 0];
            while (!other.mayAsk(purpose)) {
                assert.ok(waitedMs < 60_000, `${made} removals of the other one went first`);
                if (busy.mayAsk("remove")) {
                    made++;
                    await org.fetch("http://127.0.0.1/");
                }
                await clock.pass(1000);
                waitedMs += 1000;
            }
            assert.ok(made > 0 && waitedMs >= 10_000, `${made} removals in ${waitedMs} ms; woken: ${turns.join(" ")}`);
        });
    }

    it("wakes a waiting request as soon as there is enough for it", async () => {
        const { join, spend, now, turns } = openTwo();
        const [one, other] = [join("one"), join("other")];
        await spend(6);
        assert.equal(one.mayAsk("remove"), false);
        now.rateLimit = told(594);
        assert.equal(other.mayAsk("remove"), true);
        assert.deepEqual(turns, ["one"]);
        assert.equal(one.mayAsk("remove"), true);
        other.mayAsk("remove");
        assert.deepEqual(turns, ["one"]);
    });

    it("gives each the part for looks that its zones need", () => {
        const { join } = openTwo(told(600));
        const [one, other] = [join("one", 1), join("other", 4)];
        assert.deepEqual([one.perMinute(), other.perMinute()], [30, 120]);
        other.leave();
        assert.equal(one.perMinute(), 150);
    });

    it("wakes the membership that has taken the place of one of its name", async () => {
        const { join, spend, now, turns } = openTwo();
        const before = join("one");
        const after = join("one");
        before.leave();
        await spend(6);
        assert.equal(after.mayAsk("remove"), false);
        now.rateLimit = told(594);
        join("other").mayAsk("remove");
        assert.deepEqual(turns, ["one"]);
    });
});
