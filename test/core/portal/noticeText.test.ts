import { strict as assert } from "node:assert";

import { nextStep, readableMoments } from "../../../src/core/portal/noticeText";

const READABLE: Readonly<Record<string, string>> = {
    "until 2026-12-01T16:00:00.000Z": "until 2026-12-01 16:00 UTC",
    "from 2026-12-01T16:00:00Z until 2026-12-01T17:30:59.001Z": "from 2026-12-01 16:00 UTC until 2026-12-01 17:30 UTC",
    "on 2026-12-01": "on 2026-12-01",
    "x2026-12-01T16:00:00Z": "x2026-12-01T16:00:00Z",
    "": "",
};

describe("readableMoments", () => {
    for (const [text, expected] of Object.entries(READABLE)) {
        it(`makes ${JSON.stringify(expected)} of ${JSON.stringify(text)}`, () => {
            assert.equal(readableMoments(text), expected);
        });
    }
});

describe("nextStep", () => {
    it("leads to the portal where somebody has to do something, and nowhere after the end", () => {
        const events = ["requested", "break-glass", "starting", "ending", "approved", "denied", "granted", "ended"];
        assert.deepEqual(
            events.filter((event) => nextStep(event) !== undefined),
            ["requested", "break-glass", "starting", "ending"],
        );
    });
});
