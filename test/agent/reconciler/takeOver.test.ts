import { strict as assert } from "node:assert";

import { afterAnotherLed } from "../../../src/agent/reconciler/takeOver";
import type { Decision } from "../../../src/core/membership/decide";
import { A, B, C, grant, NOW } from "../../support/grants";
import { remembered } from "../../support/remembered";
import { zone } from "../../support/rounds";

describe("the memory after another agent has led", () => {
    const known = grant(A, 60, { id: "g1" });
    const other = grant(A, 90, { id: "g2" });
    const newer = grant(B, 180, { id: "g1" });

    /** What is known of g1 where a reading is held that has the newer form, and the zone holds these addresses. */
    function knownOf(inside: readonly string[], grants = [known, other]) {
        const judgement = { verdict: "held", losses: [], waiting: [newer] };
        const zones = [zone("nzo1", inside)] as unknown as Parameters<typeof afterAnotherLed>[2];
        const { memory } = remembered(grants);
        const after = afterAnotherLed(memory, { judgement } as unknown as Decision, zones, NOW);
        return after.grants.find(({ id }) => id === "g1");
    }

    it("has the newer form of a grant, with its end, where a zone holds its address", () => {
        assert.deepEqual(knownOf([A, B]), newer);
    });

    it("has both addresses where a zone holds the older one for no other grant", () => {
        assert.deepEqual(knownOf([A, B], [known])?.spans, [...known.spans, ...newer.spans]);
    });

    it("has the known form where no zone holds the newer one", () => {
        assert.deepEqual(knownOf([A, C]), known);
    });
});
