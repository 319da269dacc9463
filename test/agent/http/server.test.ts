import { strict as assert } from "node:assert";

import { agentView, at } from "../../support/agentView";
import { anyWebhook, errorIn, openTestServer, TOKEN } from "./testServer";

/** Open to the network: reads need the token. */
const NETWORK = { listen: { host: "0.0.0.0", port: 0 } };

describe("startServer", () => {
    for (const [several, asked, names] of [
        [["payroll", "admin"], "unknown", ["payroll", "admin"]],
        [["payroll", "admin"], "PAYROLL", ["payroll", "admin"]],
        [["payroll", "admin"], "payroll&membership=admin", ["payroll", "admin"]],
        [["payroll", "<b>x"], "unknown", ["payroll", "&lt;b&gt;x"]],
        [undefined, "unknown", ["default"]],
    ] as const) {
        it(`answers 404 to ?membership=${asked} at every path, with ${names}`, async () => {
            const all = several?.map((name) => ({ ...agentView(), name, org: "default" }));
            await using server = await openTestServer({ memberships: () => all });
            for (const path of ["/", "/api/status", "/api/why", "/readyz"]) {
                const { status, text } = await server.ask(`${path}?membership=${asked}&subject=ana@example.com`);
                assert.equal(status, 404, path);
                if (path === "/") for (const name of names) assert.ok(text.includes(`<bdi>${name}</bdi></a>`), text);
            }
        });
    }

    it("takes an empty ?membership= for all of them at every path", async () => {
        const all = ["payroll", "admin"].map((name) => ({ ...agentView(), name, org: "default" }));
        await using server = await openTestServer({ memberships: () => all });
        const { text } = await server.ask("/api/status?membership=");
        assert.equal(JSON.parse(text).memberships.length, 2);
        for (const path of ["/", "/api/why", "/readyz"]) {
            const { status } = await server.ask(`${path}?membership=&subject=ana@example.com`);
            assert.equal(status, 200, path);
        }
    });

    it("says that the process lives, whatever the zones are", async () => {
        await using server = await openTestServer({ view: () => agentView({ notReady: ["no round yet"] }) });
        const { status, text } = await server.ask("/healthz");
        assert.deepEqual([status, JSON.parse(text)], [200, { isAlive: true }]);
    });

    for (const [path, isLeading, notReady, status] of [
        ["/readyz", true, [], 200],
        ["/readyz", true, ["the source cannot be read"], 503],
        ["/readyz", false, ["this agent stands by"], 503],
        ["/readyz", false, [], 503],
        ["/readyz?standby=ok", true, [], 200],
        ["/readyz?standby=ok", true, ["the source cannot be read"], 200],
        ["/readyz?standby=ok", false, ["this agent stands by"], 200],
        ["/readyz?standby=no", false, [], 503],
    ] as const) {
        it(`says ${status} to ${path} when it ${isLeading ? "leads" : "stands by"}, with ${notReady.length} reasons`, async () => {
            await using server = await openTestServer({ health: () => ({ isLeading, notReady }) });
            const answer = await server.ask(path);
            const said = { isReady: status === 200, isLeading, reasons: notReady };
            assert.deepEqual([answer.status, JSON.parse(answer.text)], [status, said]);
        });
    }

    it("takes its health from the view where there is no shorter way", async () => {
        await using server = await openTestServer({ view: () => agentView({ notReady: ["held"] }) });
        assert.equal((await server.ask("/readyz")).status, 503);
    });

    it("gives the metrics to Prometheus", async () => {
        await using server = await openTestServer();
        const { status, headers, text } = await server.ask("/metrics");
        assert.deepEqual([status, headers["content-type"]], [200, "text/plain; version=0.0.4; charset=utf-8"]);
        assert.match(text, /^zonekeeper_gateways\{zone="nzo1"\} 2$/m);
    });

    it("gives the status, whole or in part", async () => {
        await using server = await openTestServer();
        const whole = await server.ask("/api/status");
        assert.deepEqual([whole.status, whole.headers["content-type"]], [200, "application/json; charset=utf-8"]);
        assert.deepEqual(idsIn(whole.text), ["g-101", "g-102", "g-103"]);
        assert.equal(JSON.parse(whole.text).now, at(0));
        assert.deepEqual(idsIn((await server.ask("/api/status?grants=active")).text), ["g-101", "g-102"]);
        const wrong = await server.ask("/api/status?grants=some");
        assert.deepEqual([wrong.status, errorIn(wrong.text)], [400, 'grants is "some", and may be all, active, none']);
    });

    it("shows the page under a policy that lets a browser load nothing else", async () => {
        await using server = await openTestServer();
        const { status, headers, text } = await server.ask("/");
        assert.deepEqual([status, headers["content-type"]], [200, "text/html; charset=utf-8"]);
        assert.match(text, /2 people are in/);
        const policy = String(headers["content-security-policy"]);
        assert.match(
            policy,
            /^default-src 'none'; style-src 'sha256-[^']{44}'; script-src 'sha256-[^']{44}'; connect-src 'self';/,
        );
        assert.doesNotMatch(policy, /unsafe|https?:|\*/);
    });

    it("shows the page where the ledger cannot be read, and reports it", async () => {
        const broken = new Error("no ledger");
        await using server = await openTestServer({ recentLedger: () => Promise.reject(broken) });
        const { status, text } = await server.ask("/");
        assert.equal(status, 200);
        assert.match(text, /The ledger cannot be read/);
        assert.deepEqual(server.reports, [broken]);
    });

    it("guards every answer with headers, and sets no cookie and opens no origin", async () => {
        await using server = await openTestServer();
        for (const path of ["/", "/healthz", "/api/status", "/nowhere", "/api/status?grants=x"]) {
            const { headers } = await server.ask(path, { headers: { origin: "https://evil.example" } });
            assert.match(String(headers["content-security-policy"]), /^default-src 'none'/, path);
            assert.deepEqual(
                [
                    headers["x-content-type-options"],
                    headers["x-frame-options"],
                    headers["referrer-policy"],
                    headers["cache-control"],
                ],
                // The page says where its own form comes from.
                ["nosniff", "DENY", path === "/" ? "same-origin" : "no-referrer", "no-store"],
            );
            assert.deepEqual(
                Object.keys(headers).filter((name) => /cookie|access-control|server|powered/.test(name)),
                [],
            );
        }
    });

    it("answers to no foreign name on loopback, but for a webhook, which is signed", async () => {
        await using server = await openTestServer({
            webhook: () => anyWebhook(async () => ({ status: 204, body: {} })),
        });
        const headers = { host: "evil.example" };
        for (const path of ["/", "/api/status", "/events", "/healthz", "/nowhere"]) {
            const { status, text } = await server.ask(path, { headers });
            assert.equal(status, 421, path);
            assert.match(errorIn(text), /not to "evil\.example"/);
        }
        assert.equal((await server.ask("/hooks/grants", { method: "POST", headers })).status, 204);
    });

    it("shows who is inside only with a token on the network, and probes to all", async () => {
        await using server = await openTestServer(NETWORK);
        for (const path of ["/", "/api/status", "/events", "/nowhere"]) {
            const { status, text } = await server.ask(path);
            assert.equal(status, 403, path);
            assert.doesNotMatch(text, /ana@|203\.0\.113/);
        }
        for (const path of ["/healthz", "/readyz", "/metrics"]) {
            const { status, text } = await server.ask(path, { headers: { host: "zonekeeper:9464" } });
            assert.equal(status, 200, path);
            assert.doesNotMatch(text, /ana@|203\.0\.113/);
        }
    });

    it("shows who is inside to holders of the token, and asks a browser for it", async () => {
        await using server = await openTestServer({ ...NETWORK, token: () => TOKEN });
        const refused = await server.ask("/");
        assert.deepEqual(
            [refused.status, refused.headers["www-authenticate"]],
            [401, 'Basic realm="zonekeeper", charset="UTF-8", Bearer realm="zonekeeper"'],
        );
        const login = `Basic ${Buffer.from(`me:${TOKEN}`).toString("base64")}`;
        for (const authorization of [`Bearer ${TOKEN}`, login]) {
            assert.equal((await server.ask("/api/status", { headers: { authorization } })).status, 200);
        }
    });

    it("limits wrong tokens for each address, and delays no other caller", async () => {
        await using server = await openTestServer({ ...NETWORK, token: () => TOKEN });
        const guess = () => server.ask("/api/status", { headers: { authorization: "Bearer wrong" } });
        const statuses: number[] = [];
        for (let tries = 0; tries < 22; tries += 1) statuses.push((await guess()).status);
        assert.deepEqual(statuses, [...Array(20).fill(401), 429, 429]);
        const { status } = await server.ask("/api/status", { headers: { authorization: `Bearer ${TOKEN}` } });
        assert.equal(status, 200);
    });

    it("says when to come back after too many requests, while probes are always answered", async () => {
        await using server = await openTestServer();
        for (let count = 0; count < 60; count += 1)
            assert.equal((await server.ask("/api/status?grants=none")).status, 200);
        const { status, headers, text } = await server.ask("/");
        assert.deepEqual(
            [status, headers["retry-after"], errorIn(text)],
            [429, "1", "too many requests: come back in 1 s"],
        );
        assert.equal((await server.ask("/readyz")).status, 200);
        server.clock.pass(1000);
        assert.equal((await server.ask("/")).status, 200);
    });

    it("says why a user is inside or not, as zonekeeper why --json does", async () => {
        await using server = await openTestServer();
        const why = async (subject: string) => server.ask(`/api/why?subject=${encodeURIComponent(subject)}`);
        const { inside, because, lines } = JSON.parse((await why("ana@example.com")).text);
        assert.deepEqual(
            [inside, because],
            [true, 'the grant g-101 for 203.0.113.7 is in "Staff" (nzo1) until 2026-12-01T12:14:00.000Z'],
        );
        assert.deepEqual(
            lines.map(({ kind, status }: { kind: string; status: string }) => `${kind} ${status}`),
            ["person unknown", "source ok", "brake ok", "agent ok", "zone ok", "grant ok", "seen unknown"],
        );
        assert.equal(JSON.parse((await why("203.0.113.99")).text).inside, false);
        const event = await why("dc9fd3c0-598c-11ef-8478-2b7584bf8d5a");
        assert.deepEqual(
            [event.status, errorIn(event.text)],
            [400, "an event is looked up by zonekeeper why; give a login, an address or a chain"],
        );
        for (const wrong of ["/api/why", "/api/why?subject=a&subject=b", "/api/why?subject=nonsense"]) {
            assert.equal((await server.ask(wrong)).status, 400, wrong);
        }
    });

    it("answers 404 with one sentence", async () => {
        await using server = await openTestServer();
        const { status, text } = await server.ask("/admin?x=1");
        assert.deepEqual(
            [status, errorIn(text)],
            [
                404,
                'there is no GET "/admin"; there are /, /api/status, /api/why, /events, /healthz, /readyz, /metrics, /hooks/grants, /api/confirm and /api/deny',
            ],
        );
        assert.equal((await server.ask("/%zz")).status, 400);
    });

    for (const [method, path, allow, error] of [
        ["DELETE", "/", "GET, HEAD", '"/" takes GET and HEAD, not DELETE'],
        ["POST", "/readyz?x=1", "GET, HEAD", '"/readyz" takes GET and HEAD, not POST'],
        ["POST", "/events", "GET", '"/events" takes GET, not POST'],
        ["GET", "/api/confirm", "POST", '"/api/confirm" takes POST, not GET'],
        ["PUT", "/api/deny", "GET, HEAD, POST", '"/api/deny" takes GET and HEAD and POST, not PUT'],
        ["POST", "/api/deny/d1", "DELETE", '"/api/deny/d1" takes DELETE, not POST'],
        ["OPTIONS", "/hooks/grants", "POST", '"/hooks/grants" takes POST, not OPTIONS'],
    ] as const) {
        it(`says what may be done at ${path} instead of ${method}`, async () => {
            await using server = await openTestServer();
            const { status, headers, text } = await server.ask(path, { method });
            assert.deepEqual([status, headers.allow, errorIn(text)], [405, allow, error]);
        });
    }

    it("reports the address on which it listens", async () => {
        await using open = await openTestServer(NETWORK);
        assert.match(open.url, /^http:\/\/0\.0\.0\.0:\d+$/);
        await using local = await openTestServer({ listen: { host: "127.0.0.1", port: 0 } });
        assert.match(local.url, /^http:\/\/127\.0\.0\.1:\d+$/);
    });

    it("shows neither stack nor message of an unexpected error", async () => {
        const bug = new Error("secret detail");
        await using server = await openTestServer({
            view() {
                throw bug;
            },
        });
        const { status, text } = await server.ask("/api/status");
        assert.deepEqual(
            [status, JSON.parse(text)],
            [500, { code: "ZK001", error: "the agent cannot answer this; its log says why" }],
        );
        assert.deepEqual(server.reports, [bug]);
    });

    it("refuses a token that is too short, and an address that is taken", async () => {
        await assert.rejects(openTestServer({ token: () => "short" }), { code: "bad-input" });
        await using server = await openTestServer();
        const port = Number(new URL(server.url).port);
        await assert.rejects(openTestServer({ listen: { host: "127.0.0.1", port } }), {
            code: "bad-input",
            message: `cannot listen on 127.0.0.1:${port}: another process has this port; end it, or listen on another one`,
        });
    });
});

function idsIn(text: string): readonly string[] {
    return JSON.parse(text).grants.map(({ id }: { readonly id: string }) => id);
}
