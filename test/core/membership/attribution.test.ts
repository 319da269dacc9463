import { strict as assert } from "node:assert";

import { type AttributeInput, attribute } from "../../../src/core/membership/attribution";
import { parseSpans } from "../../../src/core/membership/limits";
import { SENTINEL } from "../../../src/core/zones/zone";
import { A, B, grant, NOW } from "../../support/grants";

const [active, ended] = [grant(A, 60, { id: "active" }), grant(A, 0, { id: "ended" })];
const NOTHING: AttributeInput = { add: [], remove: [], before: [], after: [], staticGateways: [], nowMs: NOW };

describe("attribute", () => {
    const fixed = { staticGateways: parseSpans("static", [A]) };
    const rows: [change: Partial<AttributeInput>, why: string, grants: string[], because: string][] = [
        [{ add: [SENTINEL] }, "sentinel", [], "nobody else is left inside"],
        [{ remove: [SENTINEL], after: [active] }, "sentinel", [], "somebody is inside again"],
        [{ add: [A], after: [active] }, "granted", ["active"], "a grant holds it"],
        [{ add: ["198.51.100.0/24"], after: [active] }, "granted", ["active"], "it was merged with a grant's address"],
        [{ add: [A], ...fixed }, "static", [], "somebody put it there for good"],
        [{ add: [A], after: [ended] }, "drift", [], "nobody holds it"],
        [{ remove: [A], before: [ended], after: [ended] }, "ended", ["ended"], "its time is over"],
        [
            { remove: [A], before: [ended], after: [] },
            "ended",
            ["ended"],
            "its known end came while a reading was held",
        ],
        [{ remove: [A], before: [active], after: [] }, "withdrawn", ["active"], "its grant is gone"],
        [
            { remove: [A], before: [active], after: [grant(B, 60, { id: "active" })] },
            "withdrawn",
            ["active"],
            "it moved",
        ],
        [{ remove: [A], ...fixed }, "static", [], "it was moved to another zone"],
        [{ remove: [A], staticBefore: fixed.staticGateways }, "static", [], "it is no static gateway any more"],
        [{ add: [A], staticBefore: fixed.staticGateways }, "drift", [], "it was a static gateway"],
        [{ remove: [A] }, "drift", [], "nobody of ours put it there"],
        [{ remove: ["2001:db8::/32"] }, "drift", [], "it is IPv6, which nobody can be granted"],
    ];
    for (const [change, why, ids, because] of rows) {
        it(`says ${why} of ${JSON.stringify(change.add ?? change.remove)}: ${because}`, () => {
            const [found] = attribute({ ...NOTHING, ...change });
            assert.deepEqual([found?.why, found?.grants.map(({ id }) => id)], [why, ids]);
        });
    }

    it("looks at each grant a few times, and not at each for each, when all of them end at once", () => {
        let looks = 0;
        const counted = (id: string) =>
            Object.defineProperty(grant(A, 0), "id", {
                get() {
                    looks += 1;
                    return id;
                },
            });
        const all = Array.from({ length: 500 }, (_, index) => counted(`g${index}`));
        attribute({ ...NOTHING, remove: [A], before: all, after: all });
        assert.ok(looks <= 10 * all.length, `${looks} looks`);
    });
});
