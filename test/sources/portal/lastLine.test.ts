import { strict as assert } from "node:assert";

import { lineAfter, newStore } from "../../../src/sources/portal/chain";
import { lastLine, NO_LINE } from "../../../src/sources/portal/changeLog";

describe("what is kept of the last line of a store", () => {
    const mark = newStore("any");
    const line = (payload: string) => lineAfter(mark, payload).text;
    const head = (text: string) => text.split(" ", 2).join(" ");
    const LINES = {
        "a short line": '[["grants","g1",null]]',
        "a line of a megabyte": JSON.stringify([["people", "ana", "x".repeat(1_000_000)]]),
        "letters of two bytes": "ü".repeat(5000),
        "letters of four bytes": "😀".repeat(5000),
    };
    for (const [what, payload] of Object.entries(LINES)) {
        it(`is its number, its hash and its last kilobyte: ${what}`, () => {
            const text = line(payload);
            const found = lastLine(["1 other line", text]);
            assert.equal(found.head, head(text));
            assert.equal(found.bytes, Buffer.byteLength(text));
            assert.deepEqual(Buffer.from(found.tail, "base64"), Buffer.from(text).subarray(-1024));
        });
    }

    it("is what it was where there are no new lines, and nothing where there never was one", () => {
        const before = lastLine([line("{}")]);
        assert.deepEqual([lastLine([], before), lastLine([])], [before, NO_LINE]);
    });
});
