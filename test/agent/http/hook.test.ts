import { strict as assert } from "node:assert";

import type { DeskOptions, WebhookRequest } from "../../../src/agent/http/port";
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

    it("refuses a body of more than a mebibyte before it is all there", async () => {
        await using desk = await tryDesk({ acceptWebhook });
        const before = asked.length;
        const { status, text } = await desk.ask("/hooks/grants", {
            method: "POST",
            headers: { "content-type": "application/json", "content-length": "1048577" },
            body: Buffer.alloc(1_048_577),
        });
        assert.deepEqual([status, errorIn(text)], [413, "the body is larger than 1048576 bytes: send it in parts"]);
        assert.equal(asked.length, before);
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
