import { strict as assert } from "node:assert";

import { coded } from "../../../src/core/errors/errors";
import { isMissing } from "../../../src/okta/exchange/refused";

describe("isMissing", () => {
    const refused = (code: "okta-refused" | "zone-missing" | "okta-forbidden", status: number) =>
        Object.assign(coded(code, "GET /api/v1/policies/rst1: 404 says nothing"), { status });
    for (const [what, error, expected] of [
        ["a policy that is not there", refused("okta-refused", 404), true],
        ["a zone that is not there", refused("zone-missing", 404), true],
        ["another refusal, whatever its words say", refused("okta-refused", 400), false],
        ["a refusal without a status", coded("okta-refused", "GET /: 404 E0000007"), false],
        ["what the credential may not see", refused("okta-forbidden", 403), false],
        ["no error", "404", false],
    ] as const) {
        it(`says ${expected} of ${what}`, () => assert.equal(isMissing(error), expected));
    }
});
