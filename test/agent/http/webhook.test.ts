import { strict as assert } from "node:assert";
import { once } from "node:events";
import { request } from "node:http";

import type { WebhookRequest } from "../../../src/agent/http/types";
import { anyWebhook, errorIn, openTestServer } from "./testServer";

const MIB = 1_048_576;

/** Sends the head of a delivery, until the agent has seen it, and its body when it is to end. */
async function startPost(url: string, headers: Readonly<Record<string, string>>) {
    const options = { method: "POST", headers: { ...headers, expect: "100-continue" }, agent: false };
    const posted = request(`${url}/hooks/grants`, options);
    const answered = once(posted, "response");
    posted.flushHeaders();
    await once(posted, "continue");
    return {
        async end() {
            posted.end(Buffer.alloc(2 * MIB));
            const [answer] = await answered;
            await once(answer.resume(), "close");
        },
    };
}

describe("POST /hooks/grants", () => {
    const asked: WebhookRequest[] = [];
    const webhook = anyWebhook(async (request) => {
        asked.push(request);
        return { status: 202, body: { accepted: 1 } };
    });

    it("hands on the bytes as they came, of whatever type", async () => {
        await using server = await openTestServer({ webhook: () => webhook });
        for (const type of ["application/json", "text/plain", "application/octet-stream"]) {
            const body = Buffer.from([0x7b, 0x20, 0xff, 0x7d]);
            const headers = { "content-type": type, "webhook-id": "msg_1" };
            const { status, text } = await server.ask("/hooks/grants", { method: "POST", body, headers });
            assert.deepEqual([status, JSON.parse(text)], [202, { accepted: 1 }]);
            const last = asked.at(-1);
            assert.deepEqual([last?.body, last?.headers["webhook-id"]], [body, "msg_1"]);
        }
    });

    it("refuses a body of more than 32 MiB before it is there", async () => {
        await using server = await openTestServer({ webhook: () => webhook });
        const before = asked.length;
        const { status, text } = await server.ask("/hooks/grants", {
            method: "POST",
            headers: { "content-length": String(32 * MIB + 1) },
        });
        assert.deepEqual([status, errorIn(text)], [413, "the body is larger than 33554432 bytes"]);
        assert.equal(asked.length, before);
    });

    for (const [how, headers] of [
        ["by their length", { "content-length": String(2 * MIB) }],
        ["as they say no length", { "transfer-encoding": "chunked" }],
    ] as const) {
        it(`takes two long bodies at once, which it knows ${how}`, async () => {
            await using server = await openTestServer({ webhook: () => webhook });
            const post = { method: "POST", headers };
            const halves = [await startPost(server.url, headers), await startPost(server.url, headers)];
            const third = await server.ask("/hooks/grants", { ...post, body: Buffer.alloc(2 * MIB) });
            assert.deepEqual(
                [third.status, third.headers["retry-after"], third.headers.connection, errorIn(third.text)],
                [503, "5", "close", "too many long deliveries are on their way: send it again in 5 s"],
            );
            assert.equal((await server.ask("/hooks/grants", { method: "POST", body: "{}" })).status, 202);
            for (const half of halves) await half.end();
            assert.equal((await server.ask("/hooks/grants", { ...post, body: Buffer.alloc(2 * MIB) })).status, 202);
            assert.equal(asked.at(-1)?.body.length, 2 * MIB);
        });
    }

    it("asks the agent where it stands by too, and says when to come back where it could not be taken", async () => {
        const error = "this agent stands by";
        await using server = await openTestServer({
            webhook: () => anyWebhook(async () => ({ status: 503, body: { error } })),
            health: () => ({ isLeading: false, notReady: [] }),
        });
        const { status, headers, text } = await server.ask("/hooks/grants", { method: "POST", body: "{}" });
        assert.deepEqual([status, headers["retry-after"], errorIn(text)], [503, "5", error]);
    });

    it("answers 404 if the source takes no webhooks", async () => {
        await using server = await openTestServer();
        const { status, text } = await server.ask("/hooks/grants", { method: "POST", body: "{}" });
        assert.equal(status, 404);
        assert.match(errorIn(text), /^this agent has no such webhook source: see source\.type in its configuration;/);
    });

    it("takes so many at once only", async () => {
        await using server = await openTestServer({ webhook: () => webhook });
        const statuses = await Promise.all(
            Array.from(
                { length: 205 },
                async () => (await server.ask("/hooks/grants", { method: "POST", body: "{}" })).status,
            ),
        );
        assert.deepEqual(statuses.filter((status) => status === 429).length, 5);
    });
});
