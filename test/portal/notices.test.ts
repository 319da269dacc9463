import { strict as assert } from "node:assert";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { Webhook } from "standardwebhooks";

import { ACCESSES, ADAM, ANA, ASK, LEA, openPortalScene } from "./scene";

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
        assert.deepEqual(await next(), [
            "portal.requested",
            "Ana Anders requests Production for 1 h, ticket INC-4711: the import fails",
        ]);
        const lea = await scene.person(LEA);
        await scene.api(lea, "POST", `/api/v1/requests/${asked.body.id}`, { decision: "deny", note: "not now" });
        assert.deepEqual(await next(), ["portal.denied", "Lea Lead denied Ana Anders Production for 1 h: not now"]);
        const startsAt = new Date(scene.now() + 3_600_000).toISOString();
        await scene.api(ana, "POST", "/api/v1/grants", { access: "payroll", startsAt });
        assert.deepEqual(await next(), [
            "portal.granted",
            "Ana Anders was granted Payroll for 4 h from TIME until TIME",
        ]);
        scene.pass(3_600_000);
        const begin = `Ana Anders's Payroll may begin: Ana Anders has to confirm the address at ${scene.url}/`;
        assert.deepEqual(await next(), ["portal.starting", begin]);
        await scene.api(ana, "POST", "/api/v1/grants", { access: "payroll", duration: "1h" });
        assert.deepEqual(await next(), ["portal.granted", "Ana Anders has Payroll for 1 h until TIME"]);
        scene.pass(46 * 60_000);
        assert.deepEqual(await next(), ["portal.ending", "Ana Anders's Payroll ends at TIME"]);
        scene.pass(15 * 60_000);
        assert.deepEqual(await next(), ["portal.ended", "Ana Anders no longer has Payroll: it reached its end"]);
    });

    it("tell of an approval, of a grant for somebody else, and of every way in which a grant ends before its time", async () => {
        await using inbox = await openInbox();
        const onLogin = { eligible: { groups: ["Staff"] }, duration: { default: "1h", max: "2h" }, grantOnLogin: true };
        await using scene = await openPortalScene({
            config: {
                notify: [{ type: "webhook", url: inbox.url, secret: "env:HOOK_SECRET" }],
                accesses: [...ACCESSES, { name: "vpn", title: "VPN", ...onLogin }],
            },
        });
        const next = async () => {
            const { type, data } = JSON.parse((await inbox.next()).body) as { type: string; data: { text: string } };
            return `${type} ${data.text.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME")}`;
        };
        const ana = await scene.person(ANA);
        assert.equal(await next(), "portal.granted Ana Anders has VPN for 1 h until TIME");
        await ana.go(`${scene.url}/`);
        await ana.submit("/logout", { _csrf: ana.csrf() });
        assert.equal(await next(), "portal.ended Ana Anders no longer has VPN: signed out");

        const adam = await scene.person(ADAM, "203.0.113.9");
        const other = { access: "payroll", user: "bob", address: "203.0.113.20", reason: "on call" };
        const { body: grant } = await scene.api(adam, "POST", "/api/v1/grants", other);
        assert.equal(await next(), "portal.granted bob has Payroll for 4 h until TIME, granted by Adam Admin: on call");
        await scene.api(adam, "DELETE", `/api/v1/grants/${grant.id}`);
        assert.equal(await next(), "portal.ended bob no longer has Payroll: revoked by Adam Admin");
        await scene.api(adam, "POST", "/api/v1/grants", other);
        await next();
        await scene.api(adam, "POST", "/api/v1/people/bob/revoke", {});
        assert.equal(await next(), "portal.ended bob no longer has Payroll: revoked by Adam Admin");

        const again = await scene.person(ANA);
        await next();
        const { body: asked } = await scene.api(again, "POST", "/api/v1/grants", ASK);
        await next();
        const lea = await scene.person(LEA, "203.0.113.8");
        const leas = await next();
        assert.equal(leas, "portal.granted Lea Lead has VPN for 1 h until TIME");
        await scene.api(lea, "POST", `/api/v1/requests/${asked.id}`, { decision: "approve" });
        assert.deepEqual([await next(), await next()].sort(), [
            "portal.approved Lea Lead approved Production for 1 h for Ana Anders, ticket INC-4711: the import fails",
            "portal.granted Ana Anders has Production for 1 h until TIME, ticket INC-4711: the import fails",
        ]);
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
        assert.match(payload.data.text, /^Ana Anders used break-glass for Production for 30 min until .*: it burns$/);
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
        const text =
            "Ana Anders requests Production for 1 h, ticket INC-4711: &lt;!channel&gt; &lt;https://evil.example|click&gt;";
        const link = `<${scene.url}/|Approve or deny it in the portal>`;
        assert.deepEqual(JSON.parse(body), { text: `${text}\n${link}` });
        assert.doesNotMatch(scene.log.join(""), new RegExp(inbox.url));
    });
});
