import { strict as assert } from "node:assert";

import { askOf, decisionBody, grantBody, read } from "../../src/portal/api/bodies";

describe("the texts of a body", () => {
    const LINES: Readonly<Record<string, readonly [sent: string, kept: string]>> = {
        "of a browser's form": ["the import\r\nfails\r\n", "the import\nfails\n"],
        "of a program": ["the import\nfails", "the import\nfails"],
        "with carriage returns alone": ["the import\rfails", "the import\nfails"],
    };
    for (const [whose, [sent, kept]] of Object.entries(LINES)) {
        it(`keep line feeds ${whose}`, () => {
            assert.equal(askOf(read(grantBody, { access: "payroll", reason: sent })).reason, kept);
            assert.equal(read(decisionBody, { decision: "deny", note: sent }).note, kept);
        });
    }

    it("may be as long as a browser lets people type, which counts a line feed once", () => {
        const reason = "x\r\n".repeat(500);
        assert.equal(askOf(read(grantBody, { access: "payroll", reason })).reason?.length, 1000);
        assert.throws(() => read(grantBody, { access: "payroll", reason: `${reason}x` }), /longer than 1000/);
    });
});
