import { strict as assert } from "node:assert";

import { finish, type Work } from "../../src/core/work";
import { inSlices } from "../../src/sources/slices";
import { watchTurns } from "./turns";

describe("inSlices", () => {
    let steps = 0;
    function* work(count: number, cost: number): Work<string> {
        for (steps = 0; steps < count; ) {
            steps += 1;
            yield cost;
        }
        return "done";
    }

    const table: [count: number, cost: number, most: number][] = [
        [10_000, 10, 200],
        [100_000, 0.1, 20_000],
        [50, 100_000, 1],
    ];
    for (const [count, cost, most] of table) {
        it(`does at most ${most} of ${count} steps that cost ${cost} in one turn`, async () => {
            const turns = watchTurns(() => steps);
            assert.equal(await inSlices(work(count, cost)), "done");
            const { longest } = turns.end();
            assert.ok(longest <= most + 1, `${longest} steps in one turn`);
        });
    }

    it("does short work at once", async () => {
        let isTurn = false;
        setImmediate(() => {
            isTurn = true;
        });
        await inSlices(work(100, 10));
        assert.equal(isTurn, false);
    });

    it("ends with the signal's reason, and does no more", async () => {
        const controller = new AbortController();
        const reason = new Error("told to stop");
        const done = inSlices(work(10_000, 100), controller.signal);
        controller.abort(reason);
        await assert.rejects(done, reason);
        assert.ok(steps < 100, `${steps} steps`);
    });

    it("does what finish does", async () => {
        assert.equal(finish(work(3, 10)), await inSlices(work(3, 10)));
    });
});
