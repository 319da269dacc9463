import { strict as assert } from "node:assert";

import fc from "fast-check";

import { createIds } from "../../../emulator/state/ids";

describe("createIds", () => {
    it("gives ids in Okta's forms", () => {
        const ids = createIds("a");
        assert.match(ids.id("nzo"), /^nzo[0-9A-Za-z]{17}$/);
        assert.match(ids.errorId(), /^oae[0-9A-Za-z]{22}$/);
        assert.match(ids.requestId(), /^[0-9A-Za-z]{27}$/);
        assert.match(ids.uuid(), /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
        assert.match(ids.text(100), /^[0-9A-Za-z]{100}$/);
    });

    it("gives the same row for the same word, no id twice, and another row for another word", () => {
        const row = (word: string) => {
            const ids = createIds(word);
            return Array.from({ length: 50 }, () => ids.id("nzo"));
        };
        const property = fc.property(fc.string(), fc.string(), (word, other) => {
            assert.deepEqual(row(word), row(word));
            assert.equal(new Set([...row(word), ...row(other)]).size, word === other ? 50 : 100);
        });
        fc.assert(property, { numRuns: 20 });
    });
});
