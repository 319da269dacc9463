import { strict as assert } from "node:assert";
import { judge } from "../../simulation/laws";
import { historyOf } from "../../simulation/seeds";
import { play } from "../../simulation/world";

/** Enough to see what a change breaks at once; `npm run chaos -- --runs N` plays as many as wanted. */
const [FIRST, LAST, AT_ONCE] = [1, 60, 20];

describe("the agent, whatever happens", function () {
    this.timeout(180_000);

    for (let from = FIRST; from <= LAST; from += AT_ONCE) {
        it(`keeps every law in the histories ${from} to ${from + AT_ONCE - 1}`, async () => {
            for (let seed = from; seed < from + AT_ONCE; seed++) {
                const violations = judge(await play(historyOf(seed)));
                assert.deepEqual(violations, [], `npm run chaos -- --seed ${seed} tells more`);
            }
        });
    }

    it("plays a history the same each time", async () => {
        const [first, second] = [await play(historyOf(3)), await play(historyOf(3))];
        assert.deepEqual(second.ledgers, first.ledgers);
        assert.deepEqual(second.states, first.states);
    });
});
