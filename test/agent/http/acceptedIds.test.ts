import { strict as assert } from "node:assert";

import { openAcceptedIds } from "../../../src/agent/http/webhook/acceptedIds";

describe("openAcceptedIds", () => {
    it("remembers an id for as long as its signature is valid", () => {
        let nowMs = 0;
        const ids = openAcceptedIds(() => nowMs);
        ids.add("a");
        nowMs = 599_999;
        assert.equal(ids.has("a"), true);
        ids.add("b");
        nowMs = 600_000;
        assert.deepEqual([ids.has("a"), ids.has("b"), ids.has("c")], [false, true, false]);
    });

    it("knows an id anew that was accepted again", () => {
        let nowMs = 0;
        const ids = openAcceptedIds(() => nowMs);
        ids.add("a");
        nowMs = 500_000;
        ids.add("a");
        nowMs = 700_000;
        assert.equal(ids.has("a"), true);
    });

    it("remembers so many only", () => {
        const ids = openAcceptedIds(() => 0);
        for (let id = 0; id <= 50_000; id += 1) ids.add(`${id}`);
        assert.deepEqual([ids.has("0"), ids.has("1")], [false, true]);
    });
});
