import { strict as assert } from "node:assert";
import fc from "fast-check";

import { applyBrake, type SourceShare } from "../../../src/core/membership/brake";
import { brakeSentence } from "../../../src/core/membership/held";
import type { MaxRemovals } from "../../../src/core/membership/limits";
import { grant, NOW } from "../../support/grants";

const grants = (count: number) => Array.from({ length: count }, (_, index) => grant(`203.0.113.${index + 1}/32`));

/** Of `known` grants the first `gone` are missing. */
function judge(
    known: number,
    gone: number,
    others: SourceShare | undefined,
    maxRemovals: MaxRemovals = { percent: 50 },
) {
    const all = grants(known);
    const next = all.slice(gone);
    return applyBrake({ known: all, next, maxRemovals, nowMs: NOW, ...(others && { others }) });
}

const share = (more: Partial<SourceShare>): SourceShare => ({
    memberships: 4,
    active: 12,
    losses: 0,
    recent: 0,
    ...more,
});

describe("the removal brake and the source as a whole", () => {
    const rows: Readonly<
        Record<
            string,
            [known: number, gone: number, others: SourceShare | undefined, verdict: string, max?: MaxRemovals]
        >
    > = {
        "two of three may go where they are the only ones": [3, 2, undefined, "accepted"],
        "and where the others lose nobody": [3, 2, share({}), "accepted"],
        "not where each of the others loses as many": [3, 2, share({ losses: 8 }), "source"],
        "not where the others have lost as many within the window": [3, 2, share({ recent: 8 }), "source"],
        "as many as half of all may go": [3, 1, share({ losses: 6 }), "accepted"],
        "one more may not": [3, 1, share({ losses: 7 }), "source"],
        "the only one of each of many may not go all at once": [1, 1, share({ active: 4, losses: 4 }), "source"],
        "a number is for each membership": [3, 2, share({ losses: 8 }), "accepted", { count: 2 }],
        "and for all of them together": [3, 2, share({ losses: 9 }), "source", { count: 2 }],
        "off is off": [3, 3, share({ losses: 12 }), "accepted", "off"],
        "a membership without losses holds nothing": [3, 0, share({ losses: 12 }), "accepted"],
    };
    for (const [sentence, [known, gone, others, verdict, max]] of Object.entries(rows)) {
        it(sentence, () => {
            const judgement = judge(known, gone, others, max);
            assert.equal(judgement.because ?? judgement.verdict, verdict);
        });
    }

    it("is told with the numbers of the source", () => {
        assert.equal(
            brakeSentence(judge(3, 2, share({ losses: 8 })), 600_000),
            "held by maxRemovals: in all memberships of the source 10 of 15 known active grants would lose an address, and " +
                "7 may within 10 min; confirm it, or restore their grants",
        );
    });

    it("never lets go more because of others", () => {
        const count = fc.integer({ min: 0, max: 12 });
        const others = fc.record({
            memberships: fc.integer({ min: 1, max: 9 }),
            active: count,
            losses: count,
            recent: count,
        });
        fc.assert(
            fc.property(count, count, others, (known, gone, all) => {
                const alone = judge(known, Math.min(gone, known), undefined);
                const beside = judge(known, Math.min(gone, known), all);
                if (alone.verdict === "held") assert.equal(beside.verdict, "held");
                if (beside.verdict === "accepted") assert.deepEqual(beside.grants, alone.grants);
            }),
        );
    });
});
