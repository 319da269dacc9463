import { strict as assert } from "node:assert";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { Webhook } from "standardwebhooks";

import { ANA, ASK, openPortalScene } from "./scene";

const SECRET = "whsec_C2FtcGxlLXNlY3JldC1vZi1lbm91Z2gtYnl0ZXM=";

interface Received {
    readonly headers: Record<string, string>;
    readonly body: string;
}

/** Takes messages; the first `failures` of them are answered 503. */
async function openInbox(failures = 0) {
    const received: Received[] = [];
    let waiting = () => {};
    let left = failures;
    const server = createServer((request, response) => {
        let body = "";
        request.on("data", (data) => {
            body += String(data);
        });
        request.on("end", () => {
            left -= 1;
            response.statusCode = left >= 0 ? 503 : 204;
            response.end();
            if (left >= 0) return;
            received.push({ headers: request.headers as Record<string, string>, body });
            waiting();
        });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return {
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
        async next(): Promise<Received> {
            if (received.length === 0) {
                await new Promise<void>((resolve) => {
                    waiting = resolve;
                });
            }
            return received.shift() as Received;
        },
        async [Symbol.asyncDispose]() {
            server.closeAllConnections();
            await new Promise((resolve) => server.close(resolve));
        },
    };
}

describe("notifications of the portal", () => {
    it("are signed by Standard Webhooks, and tell of break-glass with its reason", async () => {
        await using inbox = await openInbox();
        await using scene = await openPortalScene({
            config: { notify: [{ type: "webhook", url: inbox.url, secret: "env:HOOK_SECRET" }] },
        });
        const ana = await scene.person(ANA);
        const { status } = await scene.api(ana, "POST", "/api/v1/grants", {
            access: "production",
            breakGlass: true,
            reason: "it burns",
        });
        assert.equal(status, 201);
        const { headers, body } = await inbox.next();
        const payload = new Webhook(SECRET).verify(body, headers) as {
            type: string;
            data: { text: string; access: string };
        };
        assert.deepEqual([payload.type, payload.data.access], ["portal.break-glass", "production"]);
        assert.match(payload.data.text, /^Ana Anders used break-glass for production until .*: it burns$/);
    });

    it("go to Slack as text, whatever markup is in a reason, and again after a failure, and keep nobody waiting", async () => {
        await using inbox = await openInbox(1);
        await using scene = await openPortalScene({
            config: { notify: [{ type: "slack", url: "env:SLACK_URL" }] },
            env: { SLACK_URL: inbox.url },
        });
        const ana = await scene.person(ANA);
        const asked = await scene.api(ana, "POST", "/api/v1/grants", {
            ...ASK,
            reason: "<!channel> <https://evil.example|click>",
        });
        assert.equal(asked.status, 202);
        for (;;) {
            const { notices } = await scene.store.read(new AbortController().signal);
            const [notice] = notices.values();
            if (notice?.attempts === 1) break;
            await new Promise((resolve) => setImmediate(resolve));
        }
        scene.pass(10_000);
        const { body } = await inbox.next();
        const text = "Ana Anders requests production: &lt;!channel&gt; &lt;https://evil.example|click&gt;";
        assert.deepEqual(JSON.parse(body), { text });
        assert.doesNotMatch(scene.log.join(""), new RegExp(inbox.url));
    });
});
