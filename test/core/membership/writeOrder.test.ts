import { strict as assert } from "node:assert";

import type { ZonePlan } from "../../../src/core/membership/plan";
import { writeOrder } from "../../../src/core/membership/writeOrder";
import { A, B } from "../../support/grants";

const plan = (id: string, add: string[], remove: string[]): ZonePlan => ({ id, gateways: [], add, remove });
const [gains, loses, moves] = [plan("gains", [A], []), plan("loses", [], [B]), plan("moves", [], [A])];

describe("writeOrder", () => {
    const rows: [changed: ZonePlan[], requests: "enough" | "few", order: string[], because: string][] = [
        [[loses, gains], "enough", ["gains", "loses"], "people wait to get in"],
        [[gains, loses], "few", ["loses", "gains"], "access that has ended comes first"],
        [[moves, gains], "few", ["gains", "moves"], "what moves is never outside of both"],
        [[moves, gains], "enough", ["gains", "moves"], "what moves is never outside of both"],
        [[loses, plan("x", [], [A]), plan("y", [], [])], "few", ["loses", "x", "y"], "equals stay in their order"],
    ];
    for (const [changed, requests, order, because] of rows) {
        it(`with ${requests} requests is ${order.join(", ")}: ${because}`, () =>
            assert.deepEqual(
                writeOrder(changed, requests).map(({ id }) => id),
                order,
            ));
    }
});
