import { strict as assert } from "node:assert";
import { randomUUID } from "node:crypto";
import { stat } from "node:fs/promises";
import { join } from "node:path";

import { Webhook } from "standardwebhooks";

import { pushSchemaSql, USUAL_PUSHES } from "../../src/sources/webhook/pushSchema";
import { PASSWORD, type Postgres, startPostgres } from "../support/postgres";
import { type AgentProcess, openAgentScene } from "./agentProcess";

const SECRET = `whsec_${Buffer.from("a secret of twenty-four bytes").toString("base64")}`;
const [A, B, NOBODY] = ["203.0.113.7/32", "203.0.113.8/32", "192.0.2.0/32"];

const all = (...grants: readonly object[]) => ({
    type: "grants.replaced",
    timestamp: new Date().toISOString(),
    data: { grants },
});

async function push(agent: AgentProcess, payload: object, id: string = randomUUID()) {
    const [body, now] = [JSON.stringify(payload), new Date()];
    const answer = await fetch(`${await agent.url}/hooks/grants`, {
        method: "POST",
        body,
        headers: {
            "webhook-id": id,
            "webhook-timestamp": String(Math.floor(now.getTime() / 1000)),
            "webhook-signature": new Webhook(SECRET).sign(id, now, body),
        },
    });
    return [answer.status, await answer.json()];
}

const accepted = [200, { result: "accepted", unusable: [] }];

describe("agents that grants are pushed to", () => {
    describe("of several hosts, with a store in PostgreSQL", () => {
        let postgres: Postgres;
        before(async () => {
            postgres = await startPostgres();
        });
        after(() => postgres[Symbol.asyncDispose]());

        /** Two agents, each with a folder of its own. */
        async function scene() {
            const store = { type: "postgres", url: "file:url" };
            const config = { zones: ["nzo1"], listen: "127.0.0.1:0", leader: { type: "postgres", url: "file:url" } };
            const source = { type: "webhook", secret: "file:secret", store };
            const opened = await openAgentScene();
            const url = await postgres.createDatabase();
            await postgres.query(url, pushSchemaSql(`"${USUAL_PUSHES}"`));
            await opened.write("secret", SECRET);
            await opened.write("url", url);
            for (const name of ["one", "two"]) {
                await opened.write(`${name}.yaml`, JSON.stringify({ ...config, source, state: `state-${name}` }));
            }
            return opened;
        }

        it("the one that leads writes what was pushed to the other, and that one ends it on time when it takes over", async () => {
            await using opened = await scene();
            const first = opened.agent("one.yaml");
            await first.saw("grants.unreadable");
            const second = opened.agent("two.yaml");
            await second.url;
            const expiresAt = new Date(Date.now() + 14_000).toISOString();
            const grants = [{ id: "g1", ip: A, expiresAt }];
            assert.deepEqual(await push(second, all(...grants), "msg_1"), accepted);
            await first.saw("write.accepted");
            assert.deepEqual(opened.gateways("nzo1"), [A]);
            assert.deepEqual(await push(first, all(...grants), "msg_1"), [200, { result: "known", unusable: [] }]);
            first.kill("SIGKILL");
            await first.ended;
            await second.saw("leader.gained");
            const { grants: known } = await second.saw("grants.accepted");
            assert.equal(known, 1);
            await second.saw("write.accepted");
            assert.ok(Date.now() >= Date.parse(expiresAt), "it was ended too early");
            assert.deepEqual(opened.gateways("nzo1"), [NOBODY]);
            second.kill("SIGTERM");
            const { stdout, stderr } = await second.ended;
            assert.equal(`${stdout}${stderr}`.includes(PASSWORD), false);
        });

        it("keep nothing and answer 503 while the database is down, and go on when it is there again", async () => {
            await using opened = await scene();
            const agent = opened.agent("one.yaml");
            await agent.saw("grants.unreadable");
            assert.deepEqual(await push(agent, all({ id: "g1", ip: A, permanent: true })), accepted);
            await agent.saw("write.accepted");
            await postgres.stop();
            const later = [503, { code: "ZK712", error: "it could not be kept: send it again later" }];
            const both = all({ id: "g1", ip: A, permanent: true }, { id: "g2", ip: B, permanent: true });
            assert.deepEqual(await push(agent, both, "msg_2"), later);
            await postgres.start();
            assert.deepEqual(await push(agent, both, "msg_2"), accepted);
            await agent.saw("write.accepted");
            assert.deepEqual(opened.gateways("nzo1"), [A, B]);
        });
    });

    it("of one host share the file, and the one that leads writes what was pushed to the other", async () => {
        await using opened = await openAgentScene({ source: { type: "webhook", secret: "file:secret" } });
        await opened.write("secret", SECRET);
        const first = opened.agent();
        await first.saw("grants.unreadable");
        const second = opened.agent();
        assert.deepEqual(await push(second, all({ id: "g1", ip: A, permanent: true })), accepted);
        await first.saw("write.accepted");
        assert.deepEqual(opened.gateways("nzo1"), [A]);
        first.kill("SIGTERM");
        await second.saw("leader.gained");
        const removed = { type: "grant.removed", timestamp: new Date().toISOString(), data: { id: "g1" } };
        assert.deepEqual(await push(second, removed), accepted);
        await second.saw("write.accepted");
        assert.deepEqual(opened.gateways("nzo1"), [NOBODY]);
    });

    it("refuse while they stand by what the one that leads would not get to know", async () => {
        const source = { type: "webhook", secret: "file:secret" };
        const leader = { type: "file", path: "the.lock" };
        await using opened = await openAgentScene({ source, leader });
        await opened.write("secret", SECRET);
        await opened.write(
            "other.yaml",
            JSON.stringify({ zones: ["nzo1"], listen: "127.0.0.1:0", source, leader, state: "another-state" }),
        );
        await opened.agent().saw("grants.unreadable");
        const second = opened.agent("other.yaml");
        const error =
            "this agent stands by, and shares no store with the one that leads: send it there, or again later";
        assert.deepEqual(await push(second, all({ id: "g1", ip: A, permanent: true })), [
            503,
            { error, code: "ZK701" },
        ]);
        await assert.rejects(stat(join(opened.directory, "another-state", "webhook.jsonl")), { code: "ENOENT" });
    });
});
