import { strict as assert } from "node:assert";

import { type Code, fail, hasCode, isTransient } from "../../../src/core/errors/errors";

describe("isTransient", () => {
    const table: Record<Code, boolean> = {
        "bad-input": false,
        "bad-range": false,
        "file-unreadable": false,
        "source-unreadable": true,
        "ranges-unreadable": true,
        "zone-missing": false,
        "zone-unfit": false,
        "group-unfit": false,
        "okta-unauthorized": false,
        "okta-forbidden": false,
        "okta-refused": false,
        "okta-throttled": true,
        "okta-unreachable": true,
        "write-unverified": true,
        "ledger-unwritable": true,
        "ledger-broken": false,
        "portal-unavailable": false,
    };
    for (const [code, transient] of Object.entries(table)) {
        it(`${transient ? "gives" : "does not give"} ${code} another chance`, () => {
            assert.equal(isTransient(thrownBy(() => fail(code as Code, "no"))), transient);
        });
    }

    it("takes an error without a code for a bug", () => {
        assert.equal(isTransient(new TypeError("x is undefined")), false);
        assert.equal(isTransient("source-unreadable"), false);
        assert.equal(isTransient({ code: "source-unreadable" }), false);
    });
});

describe("hasCode", () => {
    const error = thrownBy(() => fail("zone-missing", "no zone nzo1"));

    it("looks for any of several codes", () => {
        assert.equal(hasCode(error, "okta-refused", "zone-missing"), true);
        assert.equal(hasCode(error, "okta-refused", "zone-unfit"), false);
        assert.equal(hasCode(error), false);
    });

    it("knows errors only", () => {
        assert.equal(hasCode({ code: "zone-missing" }, "zone-missing"), false);
        assert.equal(hasCode(undefined, "zone-missing"), false);
    });
});

describe("fail", () => {
    it("throws an Error with its code, message and cause", () => {
        const cause = new Error("connection reset");
        const error = thrownBy(() => fail("okta-unreachable", "no answer", { cause }));
        assert.ok(hasCode(error, "okta-unreachable"));
        assert.deepEqual([error.name, error.message, error.cause], ["Error", "no answer", cause]);
    });
});

function thrownBy(action: () => never): unknown {
    try {
        return action();
    } catch (error) {
        return error;
    }
}
