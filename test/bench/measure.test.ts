import { strict as assert } from "node:assert";

import { measure, summaryOf } from "../../bench/measure";

describe("summaryOf", () => {
    const CASES: readonly (readonly [because: string, samples: readonly number[], summary: readonly number[]])[] = [
        ["one sample is all three", [7], [7, 7, 7]],
        ["the median is the one in the middle, wherever it came", [9, 1, 4], [1, 4, 9]],
        ["the median of an even number is the mean of the two in the middle", [8, 1, 2, 4], [1, 3, 8]],
        ["samples are ordered as numbers", [10, 9, 100], [9, 10, 100]],
    ];
    for (const [because, samples, [min, median, max]] of CASES) {
        it(because, () => assert.deepEqual(summaryOf(samples), { min, median, max }));
    }

    it("leaves the samples in their order", () => {
        const samples = [3, 1, 2];
        summaryOf(samples);
        assert.deepEqual(samples, [3, 1, 2]);
    });

    it("refuses to sum up nothing", () => {
        assert.throws(() => summaryOf([]), { message: "nothing was measured, so there is nothing to sum up" });
    });
});

describe("measure", () => {
    it("counts the runs after the warm-ups, and no preparation", async () => {
        let nowMs = 0;
        const workMs = [1000, 500, 30, 10, 20];
        const summary = await measure({
            now: () => nowMs,
            warmups: 2,
            runs: 3,
            prepare() {
                nowMs += 10_000;
                return workMs.shift() ?? Number.NaN;
            },
            async work(ms) {
                await Promise.resolve();
                nowMs += ms;
            },
        });
        assert.deepEqual(summary, { min: 10, median: 20, max: 30 });
        assert.deepEqual(workMs, []);
    });

    it("prepares and works in turns, one run after the other", async () => {
        const done: string[] = [];
        await measure({
            now: () => 0,
            warmups: 1,
            runs: 1,
            prepare: async () => done.push("prepared"),
            work: async () => {
                await Promise.resolve();
                done.push("worked");
            },
        });
        assert.deepEqual(done, ["prepared", "worked", "prepared", "worked"]);
    });

    it("ends with the work's own error", async () => {
        const work = () => Promise.reject(new Error("no room"));
        await assert.rejects(measure({ now: () => 0, warmups: 0, runs: 1, prepare: () => 0, work }), {
            message: "no room",
        });
    });
});
