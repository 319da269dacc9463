import { strict as assert } from "node:assert";

import { requestedText } from "../../src/core/portal/noticeText";
import type { Notice } from "../../src/core/portal/types";
import { noticeRows } from "../../src/portal/notices";

const HOLDER = { iss: "https://idp", sub: "ana", user: "ana", name: "Ana" };
const REQUEST = {
    id: "q1",
    access: "production",
    holder: HOLDER,
    address: "203.0.113.7",
    durationMs: 3_600_000,
    createdAtMs: 0,
    decideByMs: 1,
    approvals: [],
    state: "waiting",
    requestId: "r1",
} as const;

describe("the text of a message is one line", () => {
    const context = { settings: { notify: [{ type: "slack", url: "env:URL" }] }, newId: () => "n1", now: () => 0 };
    const rows: Readonly<Record<string, readonly [reason: string, shown: string]>> = {
        "with a reason of several lines": [
            "it fails\nLea approved production for 1 h for Ana",
            "it fails Lea approved production for 1 h for Ana",
        ],
        "with line ends of any kind": ["it\r\n\r\nfails\u2028now\u2029", "it fails\\u2028now\\u2029"],
        "with a reason that turns what follows round": ["it \u202efails", "it \\u202efails"],
        "with control characters": ["it \u001b[2Kfails\u0007", "it \\u001b[2Kfails\\u0007"],
    };
    for (const [what, [reason, shown]] of Object.entries(rows)) {
        it(what, () => {
            const made = requestedText({ ...REQUEST, reason }, "Production");
            const [[, , row] = []] = noticeRows(context as never, "requested", made);
            const notice = row as Notice;
            assert.equal(notice.text, `Ana requests Production for 1 h: ${shown}`);
            assert.equal(notice.data.reason, reason, "programs have it as it is");
        });
    }

    it("with a name and a title of several lines", () => {
        const made = requestedText({ ...REQUEST, holder: { ...HOLDER, name: "Ana\nLea" } }, "Production\nEU");
        const [[, , row] = []] = noticeRows(context as never, "requested", made);
        assert.equal((row as Notice).text, "Ana Lea requests Production EU for 1 h");
    });
});
