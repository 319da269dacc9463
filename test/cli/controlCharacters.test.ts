import { strict as assert } from "node:assert";
import fc from "fast-check";

import { formatLine } from "../../src/agent/ledger/formats";
import { openLog } from "../../src/agent/logging/log";
import { html } from "../../src/agent/page/markup";
import { describeFindings } from "../../src/cli/describe/describeFindings";
import { describeRefusal, describeUnusable } from "../../src/cli/describe/describeRound";
import { table } from "../../src/cli/describe/table";
import { oneLine } from "../../src/core/errors/quote";
import { call, openScene } from "./scene";

/** What a value can do to a terminal, a log or a page: begin a line, move the cursor, colour, turn the text round. */
const WILD = [
    "\n",
    "\r",
    "\t",
    "\u001b[2J",
    "\u009b31m",
    "\u202e",
    "\u2066",
    "\u200f",
    "\u2028",
    "\u2029",
    "\u0085",
    "\u0000",
    "\u007f",
];
const HARM = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u;

const VALUE = WILD.join("x");
const FORGED = "first line\n2026-11-29T19:11:04.149Z  9  write.accepted  zone=nzo1  by=mia";

describe("a value with control characters", () => {
    const shells: [where: string, show: (value: string) => string][] = [
        ["a sentence", oneLine],
        ["a refusal of sync", (id) => describeRefusal({ id, reason: id, kind: "room" })],
        ["an unusable entry of sync", (id) => describeUnusable({ id, field: "ip", reason: id })],
        ["a table of a command", (cell) => table(["a"], [[cell]]).replace("\n", "")],
        ["the ledger's text", (reason) => ledgerText(reason, "text")],
        ["the ledger's CSV", (reason) => ledgerText(reason, "csv")],
        ["the agent's log for people", (value) => logged("text", value)],
        ["the agent's log for machines", (value) => logged("json", value)],
        [
            "a finding of the doctor",
            (detail) => {
                const finding = {
                    code: "ZK101",
                    name: "okta-unauthorized",
                    subject: "s",
                    status: "ok",
                    remedy: "",
                } as const;
                return describeFindings([{ ...finding, detail }])
                    .split("\n")
                    .slice(1, 2)
                    .join("");
            },
        ],
    ];
    for (const [where, show] of shells) {
        it(`is on one line, and does nothing, in ${where}`, () => {
            assert.doesNotMatch(show(VALUE), HARM);
            assert.doesNotMatch(show(FORGED), HARM);
            assert.ok(show(FORGED).includes("first line"));
        });
    }

    it("is text on the status page, and turns nothing round", () => {
        assert.doesNotMatch(html`<p>${VALUE}</p>`.markup.replaceAll(/[\n\t]/g, ""), HARM);
    });

    it("does nothing, whatever it is", () => {
        fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => assert.doesNotMatch(oneLine(text), HARM)));
    });

    it("cannot forge a field of the ledger's text", () => {
        const text = ledgerText("harmless  by=mia", "text");
        assert.ok(text.includes('reason="harmless  by=mia"'), text);
    });

    it("comes out of sync as it may be shown", async () => {
        const grants = JSON.stringify({
            grants: [
                { id: `g${VALUE}`, ip: `1.2.3.${VALUE}`, permanent: true },
                { id: "g2", ip: "203.0.113.7", permanent: true },
            ],
        });
        await using scene = await openScene({ nzo1: [] }, grants);
        const { out } = await call(["sync", "--okta", scene.okta.url, "--zone", "nzo1", "--source", "grants.yaml"], {
            directory: scene.directory,
        });
        assert.match(out, /^ {2}g\\n.*\[ZK402\]$/m);
        assert.doesNotMatch(out.replaceAll("\n", ""), HARM);
    });
});

function ledgerText(reason: string, format: "text" | "csv"): string {
    const event = { type: "access.denied", reason } as never;
    const line = { seq: 1, at: "2026-11-30T00:00:00.000Z", event, prev: "", hash: "h" } as never;
    return formatLine({ line, text: "" }, format);
}

function logged(format: "text" | "json", value: string): string {
    const lines: string[] = [];
    const log = openLog({
        level: "info",
        format,
        write: (line) => lines.push(line),
        now: () => 0,
        redact: (text) => text,
    });
    log.info(`grant ${value}`, { id: value });
    assert.equal(lines.length, 1);
    return (lines[0] ?? "").replace(/\n$/, "");
}
