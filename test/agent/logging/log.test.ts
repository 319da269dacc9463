import { strict as assert } from "node:assert";

import type { AgentEvent } from "../../../src/agent/events/events";
import { type LogOptions, openLog } from "../../../src/agent/logging/log";
import { openSecrets } from "../../../src/okta/credentials/secrets";
import { EVENTS } from "../../support/agentEvents";
import { NOW } from "../../support/grants";

describe("openLog", () => {
    it("writes one JSON document a line for an event, with what happened and its sentence", () => {
        const { lines, log } = opened({ format: "json" });
        log.tell(EVENTS["removals.confirmed"]);
        assert.deepEqual(lines, [
            '{"level":"info","time":"2026-12-01T12:00:00.000Z","type":"removals.confirmed","held":["203.0.113.7/32"],' +
                '"grants":[{"id":"g-101","user":"ana@example.com","why":"gone"}],"by":"mia","reason":"INC-4712",' +
                '"msg":"mia confirmed the removal of 203.0.113.7/32: INC-4712"}\n',
        ]);
    });

    it("writes a sentence a line for people", () => {
        const { lines, log } = opened({ format: "text" });
        log.tell(EVENTS["drift.found"]);
        assert.deepEqual(lines, [
            "12:00:00 warn  mallory@example.com changed nzo1, added 198.51.100.1/32, and it is put right [ZK708]\n",
        ]);
    });

    it("keeps hostile texts on their line", () => {
        for (const format of ["json", "text"] as const) {
            const { lines, log } = opened({ format });
            log.tell({
                type: "grant.refused",
                id: "g\r\n12:00:00 error forged\u001b[2J",
                reason: "full",
                kind: "room",
            });
            assert.equal(lines.length, 1);
            assert.match(lines.join(""), /^\P{Cc}*\n$/u);
        }
    });

    it("counts long lists, which the ledger has in full", () => {
        const { lines, log } = opened({ format: "json" });
        const held = Array.from({ length: 21 }, (_, index) => `203.0.113.${index}/32`);
        log.tell({ type: "removals.held", held, grants: [] });
        assert.deepEqual(JSON.parse(lines.join("")), {
            level: "warn",
            time: "2026-12-01T12:00:00.000Z",
            type: "removals.held",
            heldCount: 21,
            grants: [],
            msg: "21 addresses stay until their removal is confirmed [ZK503]",
        });
    });

    it("says as an error that an error ended the agent, and else not", () => {
        const { lines, log } = opened({ format: "text" });
        log.tell({ type: "agent.stopped", why: "SIGTERM" });
        log.tell({ type: "agent.stopped", why: "no zone nzo1 [ZK201]", code: "zone-missing" });
        assert.deepEqual(lines, [
            "12:00:00 info  the agent ends: SIGTERM\n",
            "12:00:00 error the agent ends: no zone nzo1 [ZK201]\n",
        ]);
    });

    it("leaves out what is below its level, until another is set", () => {
        const { lines, log } = opened({ format: "text", level: "warn" });
        log.tell(EVENTS["zone.verified"]);
        log.info("quiet");
        assert.deepEqual(lines, []);
        log.setLevel("debug");
        log.tell(EVENTS["zone.verified"]);
        log.debug("loud");
        assert.deepEqual(lines, ["12:00:00 debug nzo1 shows what was written\n", "12:00:00 debug loud\n"]);
    });

    it("shows no secret, whichever way it comes", () => {
        const secret = "00tOkEn-of-the-org";
        for (const format of ["json", "text"] as const) {
            const { lines, log } = opened({ format, level: "debug", secret });
            const events: readonly AgentEvent[] = [
                { type: "agent.stopped", why: `401 for SSWS ${secret}` },
                { ...EVENTS["grants.unreadable"], why: `no answer from https://me:${secret}@example.com` },
                { type: "grant.refused", id: secret, reason: secret, kind: "room" },
                { type: "removals.confirmed", held: [secret], grants: [], by: secret },
                { ...EVENTS["write.failed"], why: `sent ${secret.toUpperCase()}` },
                { ...EVENTS["drift.found"], by: secret },
            ];
            for (const event of events) log.tell(event);
            for (const say of ["debug", "info", "warn", "error"] as const) {
                log[say](`says ${secret}`, {
                    text: secret,
                    deep: [{ error: new Error(secret) }],
                    headers: { authorization: "other" },
                });
            }
            assert.equal(lines.length, events.length + 4);
            assert.doesNotMatch(lines.join(""), new RegExp(`${secret}|other|at .*\\.ts`, "i"));
        }
    });
});

function opened({ secret, ...options }: Partial<LogOptions> & { readonly secret?: string }) {
    const lines: string[] = [];
    const secrets = openSecrets();
    if (secret !== undefined) secrets.keep(secret);
    const log = openLog({
        level: "info",
        format: "json",
        write: (line) => lines.push(line),
        now: () => NOW,
        redact: secrets.redact,
        ...options,
    });
    return { lines, log };
}
