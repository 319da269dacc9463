import { strict as assert } from "node:assert";

import { nearest } from "../../../src/core/errors/nearest";

describe("nearest", () => {
    const rows: [written: string, words: string[], meant: string | undefined, because: string][] = [
        ["maxRemoval", ["maxRemovals", "deny"], "maxRemovals", "a letter is missing"],
        ["Listen", ["listen", "limits"], "listen", "capitals do not count"],
        ["zone", ["okta", "zones"], "zones", "the end is missing"],
        ["lsiten", ["limits", "listen"], "listen", "two letters changed places"],
        ["banana", ["listen", "limits"], undefined, "nothing is near"],
        ["x", [], undefined, "there are no words"],
    ];
    for (const [written, words, meant, because] of rows) {
        it(`of ${written}: ${because}`, () => assert.equal(nearest(written, words), meant));
    }
});
