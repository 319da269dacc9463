import { strict as assert } from "node:assert";

import type { DeskOptions, WebhookRequest } from "../../../src/agent/http/port";
import { promised } from "../../support/fakeClock";
import { errorIn, tryDesk } from "./triedDesk";

describe("POST /hooks/grants", () => {
    const asked: WebhookRequest[] = [];
    const acceptWebhook: DeskOptions["acceptWebhook"] = async (request) => {
        asked.push(request);
        return { status: 202, body: { accepted: 1 } };
    };

    it("hands on the bytes as they came, of whatever type", async () => {
        await using desk = await tryDesk({ acceptWebhook });
        for (const type of ["application/json", "text/plain", "application/octet-stream"]) {
            const body = Buffer.from([0x7b, 0x20, 0xff, 0x7d]);
            const headers = { "content-type": type, "webhook-id": "msg_1" };
            const { status, text } = await desk.ask("/hooks/grants", { method: "POST", body, headers });
            assert.deepEqual([status, JSON.parse(text)], [202, { accepted: 1 }]);
            const last = asked.at(-1);
            assert.deepEqual([last?.body, last?.headers["webhook-id"]], [body, "msg_1"]);
        }
    });

    it("takes a body of 32 mebibytes, and refuses a longer one before it is all there", async () => {
        await using desk = await tryDesk({ acceptWebhook });
        const most = Buffer.alloc(33_554_432);
        assert.equal((await desk.ask("/hooks/grants", { method: "POST", body: most })).status, 202);
        const before = asked.length;
        assert.equal(asked.at(-1)?.body.length, most.length);
        const headers = { "content-length": String(most.length + 1) };
        const { status, text } = await desk.ask("/hooks/grants", { method: "POST", headers, body: "x" });
        assert.deepEqual([status, errorIn(text)], [413, "the body is larger than 33554432 bytes: send it in parts"]);
        assert.equal(asked.length, before);
    });

    it("takes two large bodies at once, whether they say their length or not, and small ones all the same", async () => {
        const done = promised<void>();
        const full = promised<void>();
        let inside = 0;
        await using desk = await tryDesk({
            async acceptWebhook({ body }) {
                if (body.length > 100) {
                    if (++inside === 2) full.resolve();
                    await done.promise;
                }
                return { status: 202, body: {} };
            },
        });
        const send = (body: Buffer, headers = {}) => desk.ask("/hooks/grants", { method: "POST", body, headers });
        const large = Buffer.alloc(1_048_577);
        const first = [send(large), send(large, { "transfer-encoding": "chunked" })];
        await full.promise;
        for (const headers of [{}, { "transfer-encoding": "chunked" }]) {
            const { status, headers: said, text } = await send(large, headers);
            assert.deepEqual(
                [status, said["retry-after"], errorIn(text)],
                [503, "5", "other large deliveries are on their way: send it again later"],
            );
        }
        assert.equal((await send(Buffer.from("{}"))).status, 202);
        done.resolve();
        assert.deepEqual(
            (await Promise.all(first)).map(({ status }) => status),
            [202, 202],
        );
        assert.equal((await send(large)).status, 202);
    });

    it("asks the agent where it stands by too, and says when to come back where it could not be taken", async () => {
        const error = "this agent stands by";
        await using desk = await tryDesk({
            acceptWebhook: async () => ({ status: 503, body: { error } }),
            health: () => ({ isLeading: false, notReady: [] }),
        });
        const { status, headers, text } = await desk.ask("/hooks/grants", { method: "POST", body: "{}" });
        assert.deepEqual([status, headers["retry-after"], errorIn(text)], [503, "5", error]);
    });

    it("says so where the source takes no webhooks", async () => {
        await using desk = await tryDesk();
        const { status, text } = await desk.ask("/hooks/grants", { method: "POST", body: "{}" });
        assert.deepEqual([status, errorIn(text)], [404, "this agent's source is not a webhook"]);
    });

    it("takes so many at once only", async () => {
        await using desk = await tryDesk({ acceptWebhook });
        const statuses = await Promise.all(
            Array.from(
                { length: 205 },
                async () => (await desk.ask("/hooks/grants", { method: "POST", body: "{}" })).status,
            ),
        );
        assert.deepEqual(statuses.filter((status) => status === 429).length, 5);
    });
});
