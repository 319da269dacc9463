import { strict as assert } from "node:assert";

import { hasCode } from "../../../src/core/errors/errors";
import { readDocument } from "../../../src/sources/document/document";

const read = (text: string) => readDocument([Buffer.from(text)], { widestPrefix: 24 });
const CUT = "it seems to be cut off: it ends within a grant, without a line end";

const GOOD = "grants:\n  - id: g1\n    ip: 198.51.100.1\n    expiresAt: 2026-12-01T12:00:00Z\n";

describe("isCutOff", () => {
    const cut: [what: string, text: string][] = [
        ["in an address", `${GOOD}  - id: g2\n    ip: 203.0`],
        ["after a whole address", `${GOOD}  - id: g2\n    ip: 203.0.113.7`],
        ["before an address", `${GOOD}  - id: g2\n    ip: `],
        ["in a moment", `${GOOD}  - id: g2\n    ip: 203.0.113.7\n    expiresAt: 2026-12-0`],
        ["in an id", `${GOOD}  - id: g`],
        ["in the name of a field", `${GOOD}  - i`],
        ["after a hyphen", `${GOOD}  -`],
    ];
    for (const [where, text] of cut) {
        it(`notices a cut ${where}`, async () => {
            await assert.rejects(read(text), { code: "source-unreadable", message: CUT });
        });
    }

    const whole: [what: string, text: string, grants: number, unusable: number][] = [
        ["a grant without a line end", GOOD.trimEnd(), 1, 0],
        ["an empty list with a remark", "grants: [] # nobody", 0, 0],
        ["a line end after an unusable grant", `${GOOD}  - id: g2\n    ip: 203.0\n`, 1, 1],
        ["an unusable grant with a closing bracket", `${GOOD}  - {id: g2, ip: "2001:db8::1"}`, 1, 1],
        [
            "an unusable grant that goes on after its mistake",
            `${GOOD}  - id: g2\n    ip: 2001:db8::1\n    expiresAt: 2026-12-01T12:00:00Z`,
            1,
            1,
        ],
        [
            "an unusable grant before the last one",
            `grants:\n  - id: g2\n${GOOD.slice("grants:\n".length).trimEnd()}`,
            1,
            1,
        ],
    ];
    for (const [what, text, grants, unusable] of whole) {
        it(`does not mistake ${what} for a cut`, async () => {
            const reading = await read(text);
            assert.deepEqual([reading.grants.length, reading.unusable.length], [grants, unusable]);
        });
    }

    it("makes each cut of a document a document of whole grants, or unreadable, but for cuts on a line end", async () => {
        const text = GOOD + GOOD.slice("grants:\n".length).replace("g1", "g2");
        for (let length = 0; length < text.length; length++) {
            if (text[length - 1] === "\n") continue;
            const found = await read(text.slice(0, length)).then(
                ({ unusable }) => unusable.length,
                (error) => (hasCode(error, "source-unreadable") ? 0 : error),
            );
            assert.equal(found, 0, text.slice(0, length));
        }
    });
});
