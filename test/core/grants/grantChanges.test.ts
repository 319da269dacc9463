import { strict as assert } from "node:assert";

import { changedGrants } from "../../../src/core/grants/grantChanges";
import type { Grant } from "../../../src/core/grants/grants";
import { A, B, grant } from "../../support/grants";

const one = (change: Partial<Grant> = {}) => grant(A, 60, { id: "g1", labels: { app: "payroll" }, ...change });

describe("changedGrants", () => {
    it("is nothing for the same grants, in whatever order", () => {
        const other = grant(B, 60, { id: "g2" });
        assert.deepEqual(changedGrants([one(), other], [grant(B, 60, { id: "g2" }), one()]), []);
    });

    const rows: [what: string, after: Grant][] = [
        ["its user", one({ user: "ana@example.com" })],
        ["its address", one({ spans: grant(B).spans })],
        ["one address more", one({ spans: grant([A, B]).spans })],
        ["its end", one({ expiresAtMs: 1 })],
        ["its start", one({ startsAtMs: 1 })],
        ["its reason", one({ reason: "INC-1" })],
        ["a label", one({ labels: { app: "crm" } })],
        ["a label more", one({ labels: { app: "payroll", team: "x" } })],
        ["a label less", one({ labels: {} })],
    ];
    for (const [what, after] of rows) {
        it(`tells of a grant that has changed ${what}`, () => {
            assert.deepEqual(changedGrants([one()], [after]), [{ change: "changed", grant: after, was: one() }]);
        });
    }

    it("tells of what is new and what is gone", () => {
        const other = grant(B, 60, { id: "g2" });
        assert.deepEqual(changedGrants([one()], [other]), [
            { change: "granted", grant: other },
            { change: "withdrawn", grant: one(), was: one() },
        ]);
    });
});
