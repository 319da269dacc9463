import { strict as assert } from "node:assert";

import { type Outcome, outcomeOf } from "../../simulation/outcome";
import { playSeeds } from "../../simulation/workers";

const SEEDS = { from: 3, runs: 4 };

describe("playSeeds", function () {
    this.timeout(180_000);

    it("comes to the same, in the order of the seeds, however many processes share them", async () => {
        const expected = [];
        for (let seed = SEEDS.from; seed < SEEDS.from + SEEDS.runs; seed++) expected.push(await outcomeOf(seed));
        for (const jobs of [1, 3]) {
            const outcomes: Outcome[] = [];
            await playSeeds({ ...SEEDS, jobs, onOutcome: (outcome) => outcomes.push(outcome) });
            assert.deepEqual(outcomes, JSON.parse(JSON.stringify(expected)));
        }
    });
});
