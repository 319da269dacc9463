import { strict as assert } from "node:assert";
import fc from "fast-check";

import { type Claim, claimsBefore, countsAs, withClaim, withoutClaim } from "../../src/core/claims";
import type { Purpose } from "../../src/core/pace";

const claim = (member: string, purpose: Purpose, sinceMs: number): Claim => ({
    member,
    purpose,
    sinceMs,
    renewedAtMs: 100_000,
});

describe("claims", () => {
    const rows: Readonly<
        Record<string, [others: readonly Claim[], purpose: Purpose, sinceMs: number, before: number]>
    > = {
        "nobody else waits": [[], "look", 100_000, 0],
        "a removal goes before an addition": [[claim("b", "add", 90_000)], "remove", 99_000, 0],
        "an addition waits for a removal": [[claim("b", "remove", 99_000)], "add", 90_000, 1],
        "an addition goes before a look": [[claim("b", "look", 90_000)], "add", 99_000, 0],
        "the one that has waited for longer goes first": [[claim("b", "add", 90_000)], "add", 99_000, 1],
        "and the other one second": [[claim("b", "add", 99_000)], "add", 90_000, 0],
        "a look that has waited for 30 s goes before a removal": [[claim("b", "look", 70_000)], "remove", 99_000, 1],
        "a removal that is as old goes before it": [[claim("b", "look", 70_000)], "remove", 60_000, 0],
        "one that says nothing any more does not count": [
            [{ ...claim("b", "remove", 1), renewedAtMs: 79_000 }],
            "look",
            99_000,
            0,
        ],
    };
    for (const [sentence, [others, purpose, sinceMs, before]] of Object.entries(rows)) {
        it(sentence, () => {
            const claims = [...others, claim("a", purpose, sinceMs)];
            assert.equal(claimsBefore(claims, "a", purpose, 100_000), before);
        });
    }

    it("keep the place of a claimant that claims again", () => {
        const once = withClaim([], "a", "look", 1000);
        const again = withClaim(once, "a", "add", 15_000);
        assert.deepEqual(again, [{ member: "a", purpose: "add", sinceMs: 1000, renewedAtMs: 15_000 }]);
        assert.deepEqual(withoutClaim(again, "a"), []);
    });

    it("let one that is alone keep what it leaves to more urgent requests, however long it waits", () => {
        const alone = withClaim([], "a", "look", 0);
        assert.equal(countsAs(alone, "a", "look", 60_000), "look");
        assert.equal(countsAs(withClaim(alone, "b", "look", 1000), "a", "look", 60_000), "remove");
    });

    it("starve no claimant: with one request after the other, each is first within its turn", () => {
        const purpose = fc.constantFrom<Purpose>("remove", "add", "look");
        const members = fc.array(purpose, { minLength: 2, maxLength: 8 });
        fc.assert(
            fc.property(members, (purposes) => {
                let claims: readonly Claim[] = [];
                let nowMs = 0;
                const served = new Map<number, number>();
                // A member that was served asks again at once; a request is there every 5 s.
                for (let turn = 0; turn < 60; turn++, nowMs += 5000) {
                    for (const [index, purpose] of purposes.entries()) {
                        claims = withClaim(claims, String(index), purpose, nowMs);
                    }
                    const first = purposes.findIndex(
                        (purpose, index) => claimsBefore(claims, String(index), purpose, nowMs) === 0,
                    );
                    served.set(first, (served.get(first) ?? 0) + 1);
                    claims = withoutClaim(claims, String(first));
                }
                assert.deepEqual([...served.keys()].sort(), [...purposes.keys()]);
            }),
        );
    });
});
