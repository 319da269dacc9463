import { strict as assert } from "node:assert";

import { FIELD } from "../../simulation/histories/field";
import { LED_AGAIN } from "../../simulation/histories/leading";
import { SPARED } from "../../simulation/histories/sessions";
import type { History } from "../../simulation/history";
import { judge } from "../../simulation/laws";
import { play } from "../../simulation/world";

/** They are data, so they mean the same whatever becomes of the generator. */
describe("the agent, in histories that were written by hand", function () {
    this.timeout(180_000);

    for (const [title, history] of Object.entries(FIELD)) {
        it(`keeps every law in ${title}`, async () => {
            await keepsEveryLaw(history);
        });
    }

    for (const [title, histories] of Object.entries(SPARED)) {
        it(`ends nobody's sessions who may be inside where ${title}`, async () => {
            for (const history of histories) await keepsEveryLaw(history);
        });
    }

    for (const [end, histories] of Object.entries(LED_AGAIN)) {
        it(`is led again where the process that leads ${end}`, async () => {
            for (const history of histories) {
                const { terms } = await keepsEveryLaw(history);
                assert.ok(
                    terms.some(({ toMs }) => toMs >= history.endsAtMs),
                    JSON.stringify(history),
                );
            }
        });
    }
});

async function keepsEveryLaw(history: History) {
    const trace = await play(history);
    assert.deepEqual(judge(trace), [], `${judge(trace)[0]?.what}: ${JSON.stringify(history)}`);
    return trace;
}
