import { strict as assert } from "node:assert";

import { viewAbout } from "../../../src/agent/status/gathered";
import type { AgentView } from "../../../src/agent/status/view";

describe("viewAbout", () => {
    it("finds the grants of a question among many in slices, between which others have their turn", async () => {
        const grants = Array.from({ length: 50_000 }, (_, n) => ({
            id: `g${n}`,
            ip: [`11.0.${n >> 8}.${n & 255}/32`],
            state: "effective" as const,
        }));
        const view = { grants, source: { healthy: true, type: "file" }, zones: [] } as unknown as AgentView;
        let turns = 0;
        const tick = () => {
            turns += 1;
            next = setImmediate(tick);
        };
        let next = setImmediate(tick);
        const { grants: found, isKnown } = (await viewAbout(view, "11.0.1.7")) as AgentView & { isKnown?: boolean };
        clearImmediate(next);
        assert.deepEqual(
            found.map(({ id }) => id),
            ["g263"],
        );
        assert.equal(isKnown, true);
        assert.ok(turns >= 10, `${turns} turns`);
    });
});
