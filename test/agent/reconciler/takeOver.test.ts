import { strict as assert } from "node:assert";

import { afterAnotherLed } from "../../../src/agent/reconciler/takeOver";
import type { Grant } from "../../../src/core/grants/grants";
import type { Judgement } from "../../../src/core/membership/brake";
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

    describe("by a reading from before a later one that was accepted here", () => {
        const past = grant(B, 60, { id: "g3" });
        /** Which grants are known after it, where it has g3 and the zone holds the address of g3. */
        const knownAfter = (then: readonly Grant[]) => {
            const judgement = { verdict: "held", losses: [], waiting: [past] } as unknown as Judgement;
            const zones = [zone("nzo1", [A, B])] as unknown as Parameters<typeof afterAnotherLed>[2];
            const { memory } = remembered([known]);
            return afterAnotherLed(memory, { judgement, isPast: true, known: then }, zones, NOW).grants.map(
                ({ id }) => id,
            );
        };

        it("lets in who was not known here: the other agent did", () => {
            assert.deepEqual(knownAfter([known]), ["g1", "g3"]);
        });

        it("lets in nobody who was known here, and whose removal was accepted since", () => {
            assert.deepEqual(knownAfter([known, past]), ["g1"]);
        });

        it("lets in who was known here elsewhere only", () => {
            assert.deepEqual(knownAfter([known, grant(C, 60, { id: "g3" })]), ["g1", "g3"]);
        });
    });
});
