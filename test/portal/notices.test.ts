import { strict as assert } from "node:assert";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { Webhook } from "standardwebhooks";

import { ANA, ASK, LEA, openPortalScene } from "./scene";

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
    it("tell of a grant, a denial, a later start, an end that is near, and the end", async () => {
        await using inbox = await openInbox();
        await using scene = await openPortalScene({
            config: { notify: [{ type: "webhook", url: inbox.url, secret: "env:HOOK_SECRET" }] },
        });
        const next = async () => {
            const { body } = await inbox.next();
            const { type, data } = JSON.parse(body) as { type: string; data: { text: string } };
            return [type, data.text.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME")];
        };
        const ana = await scene.person(ANA);
        const asked = await scene.api(ana, "POST", "/api/v1/grants", ASK);
        assert.deepEqual(await next(), ["portal.requested", "Ana Anders requests production: the import fails"]);
        const lea = await scene.person(LEA);
        await scene.api(lea, "POST", `/api/v1/requests/${asked.body.id}`, { decision: "deny", note: "not now" });
        assert.deepEqual(await next(), ["portal.denied", "Lea Lead denied Ana Anders production: not now"]);
        const startsAt = new Date(scene.now() + 3_600_000).toISOString();
        await scene.api(ana, "POST", "/api/v1/grants", { access: "payroll", startsAt });
        assert.deepEqual(await next(), ["portal.granted", "Ana Anders was granted payroll from TIME until TIME"]);
        scene.pass(3_600_000);
        const begin = `Ana Anders's payroll may begin: Ana Anders has to confirm the address at ${scene.url}/`;
        assert.deepEqual(await next(), ["portal.starting", begin]);
        await scene.api(ana, "POST", "/api/v1/grants", { access: "payroll", duration: "1h" });
        assert.deepEqual(await next(), ["portal.granted", "Ana Anders has payroll until TIME"]);
        scene.pass(46 * 60_000);
        assert.deepEqual(await next(), ["portal.ending", "Ana Anders's payroll ends at TIME"]);
        scene.pass(15 * 60_000);
        assert.deepEqual(await next(), ["portal.ended", "Ana Anders no longer has payroll: it reached its end"]);
    });

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
