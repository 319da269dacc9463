import { strict as assert } from "node:assert";

import type { Plan } from "../../src/core/membership/plan";
import { SENTINEL } from "../../src/core/zones/zone";
import { summarize } from "../../src/provider/summary";
import { A, B, C } from "../support/grants";

function plan(gateways: string[], add: string[], remove: string[], refused: string[] = []): Plan {
    const zones = [{ id: "nzo1", gateways, add, remove }];
    return { zones, active: 0, refused: refused.map((id) => ({ id, reason: "no room" })), held: [] };
}

describe("summarize", () => {
    const table: [plan: Plan, summary: string | undefined][] = [
        [plan([A, B], [], []), undefined],
        [plan([A, B, C], [A, B], []), "2 gateways come in, 0 go out, 1 stay"],
        [plan([A], [A], [SENTINEL]), "1 gateway comes in, 0 go out, 0 stay"],
        [plan([SENTINEL], [SENTINEL], [A]), "0 gateways come in, 1 goes out, 0 stay"],
        [plan([A, B], [B], [C], ["g-1", "g-2"]), "1 gateway comes in, 1 goes out, 1 stay; refused: g-1, g-2"],
        [plan([A], [], [], ["g-1"]), "refused: g-1"],
        [plan([A], [], [], ["1", "2", "3", "4", "5", "6", "7"]), "refused: 1, 2, 3, 4, 5 and 2 more"],
    ];
    for (const [plan, summary] of table) {
        it(`says ${summary ?? "nothing"}`, () => assert.equal(summarize(plan), summary));
    }
});
