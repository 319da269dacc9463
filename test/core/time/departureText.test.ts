import { strict as assert } from "node:assert";

import { departureText } from "../../../src/core/time/departureText";

describe("departureText", () => {
    it("says how far the clock is ahead of Okta's, and whose time counts", () => {
        assert.equal(
            departureText({ byMs: 3_600_400, from: "okta" }),
            "this machine's clock is 3600 s ahead of Okta's: grants start and end by Okta's time until the two agree",
        );
    });

    it("says how far the clock was moved back, and that Okta has not given the time", () => {
        assert.equal(
            departureText({ byMs: -90_000, from: "elapsed" }),
            "this machine's clock is 90 s behind elapsed time, and no answer of Okta's has given the time since it moved: " +
                "grants start and end by elapsed time",
        );
    });
});
