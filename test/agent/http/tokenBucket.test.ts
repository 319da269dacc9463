import { strict as assert } from "node:assert";
import fc from "fast-check";

import { openTokenBucket } from "../../../src/agent/http/limits/tokenBucket";

describe("openAllowance", () => {
    it("gives a burst, then says when there is one again", () => {
        let nowMs = 0;
        const allowance = openTokenBucket({ burst: 2, perSecond: 0.5, now: () => nowMs });
        assert.deepEqual([allowance.take(), allowance.take(), allowance.take()], [undefined, undefined, 2]);
        nowMs = 1000;
        assert.equal(allowance.take(), 1);
        nowMs = 2000;
        assert.deepEqual([allowance.take(), allowance.take()], [undefined, 2]);
    });

    it("holds no more than the burst, however long the pause", () => {
        let nowMs = 0;
        const allowance = openTokenBucket({ burst: 2, perSecond: 1, now: () => nowMs });
        nowMs = 86_400_000;
        assert.deepEqual([allowance.take(), allowance.take(), allowance.take()], [undefined, undefined, 1]);
    });

    it("gives nothing for a clock that was set back", () => {
        let nowMs = 10_000;
        const allowance = openTokenBucket({ burst: 1, perSecond: 1, now: () => nowMs });
        assert.equal(allowance.take(), undefined);
        nowMs = 0;
        assert.equal(allowance.take(), 1);
        nowMs = 1000;
        assert.equal(allowance.take(), undefined);
    });

    it("never gives more than the burst and what time has filled", () => {
        fc.assert(
            fc.property(fc.array(fc.nat(3000), { maxLength: 50 }), (pauses) => {
                let nowMs = 0;
                const allowance = openTokenBucket({ burst: 3, perSecond: 2, now: () => nowMs });
                let given = 0;
                for (const pause of pauses) {
                    nowMs += pause;
                    if (allowance.take() === undefined) given += 1;
                    assert.ok(given <= 3 + (nowMs / 1000) * 2 + 1e-9);
                }
            }),
        );
    });
});
