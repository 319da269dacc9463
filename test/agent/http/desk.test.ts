import { strict as assert } from "node:assert";
import { connect } from "node:net";
import { text } from "node:stream/consumers";

import type { DeskOptions, WebhookRequest } from "../../../src/agent/http/port";
import { EVENTS } from "../../support/agentEvents";
import { agentView, at } from "../../support/agentView";
import { listen, TOKEN, tryDesk } from "./triedDesk";

/** Open to the network: reads need the token. */
const NETWORK = { listen: { host: "0.0.0.0", port: 0 } };

describe("openDesk", () => {
    it("says that the process lives, whatever the zones are", async () => {
        await using desk = await tryDesk({ view: () => agentView({ notReady: ["no round yet"] }) });
        const { status, text } = await desk.ask("/healthz");
        assert.deepEqual([status, JSON.parse(text)], [200, { isAlive: true }]);
    });

    it("is ready while the last round is in force, and says why it is not", async () => {
        let notReady: readonly string[] = [];
        await using desk = await tryDesk({ view: () => agentView({ notReady, isLeading: false }) });
        const ready = await desk.ask("/readyz");
        assert.deepEqual(
            [ready.status, JSON.parse(ready.text)],
            [200, { isReady: true, isLeading: false, reasons: [] }],
        );
        notReady = ["the source cannot be read"];
        const unready = await desk.ask("/readyz");
        assert.deepEqual(
            [unready.status, JSON.parse(unready.text)],
            [503, { isReady: false, isLeading: false, reasons: notReady }],
        );
    });

    it("gives the metrics to Prometheus", async () => {
        await using desk = await tryDesk();
        const { status, headers, text } = await desk.ask("/metrics");
        assert.deepEqual([status, headers["content-type"]], [200, "text/plain; version=0.0.4; charset=utf-8"]);
        assert.match(text, /^zonekeeper_gateways\{zone="nzo1"\} 2$/m);
    });

    it("gives the status, whole or in part", async () => {
        await using desk = await tryDesk();
        const whole = await desk.ask("/api/status");
        assert.deepEqual([whole.status, whole.headers["content-type"]], [200, "application/json; charset=utf-8"]);
        assert.deepEqual(idsIn(whole.text), ["g-101", "g-102", "g-103"]);
        assert.equal(JSON.parse(whole.text).now, at(0));
        assert.deepEqual(idsIn((await desk.ask("/api/status?grants=active")).text), ["g-101", "g-102"]);
        const wrong = await desk.ask("/api/status?grants=some");
        assert.deepEqual([wrong.status, errorIn(wrong.text)], [400, 'grants is "some", and may be all, active, none']);
    });

    it("shows the page under a policy that lets a browser load nothing else", async () => {
        await using desk = await tryDesk();
        const { status, headers, text } = await desk.ask("/");
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
        await using desk = await tryDesk({ recentLedger: () => Promise.reject(broken) });
        const { status, text } = await desk.ask("/");
        assert.equal(status, 200);
        assert.match(text, /The ledger cannot be read/);
        assert.deepEqual(desk.reports, [broken]);
    });

    it("guards every answer with headers, and sets no cookie and opens no origin", async () => {
        await using desk = await tryDesk();
        for (const path of ["/", "/healthz", "/api/status", "/nowhere", "/api/status?grants=x"]) {
            const { headers } = await desk.ask(path, { headers: { origin: "https://evil.example" } });
            assert.match(String(headers["content-security-policy"]), /^default-src 'none'/, path);
            assert.deepEqual(
                [
                    headers["x-content-type-options"],
                    headers["x-frame-options"],
                    headers["referrer-policy"],
                    headers["cache-control"],
                ],
                ["nosniff", "DENY", "no-referrer", "no-store"],
            );
            assert.deepEqual(
                Object.keys(headers).filter((name) => /cookie|access-control|server|powered/.test(name)),
                [],
            );
        }
    });

    it("answers to no foreign name on loopback, but for a webhook, which is signed", async () => {
        await using desk = await tryDesk({ acceptWebhook: async () => ({ status: 204, body: {} }) });
        const headers = { host: "evil.example" };
        for (const path of ["/", "/api/status", "/events", "/healthz", "/nowhere"]) {
            const { status, text } = await desk.ask(path, { headers });
            assert.equal(status, 421, path);
            assert.match(errorIn(text), /not to "evil\.example"/);
        }
        assert.equal((await desk.ask("/hooks/grants", { method: "POST", headers })).status, 204);
    });

    it("shows who is in to nobody on the network without a token, and probes to all", async () => {
        await using desk = await tryDesk(NETWORK);
        for (const path of ["/", "/api/status", "/events", "/nowhere"]) {
            const { status, text } = await desk.ask(path);
            assert.equal(status, 403, path);
            assert.doesNotMatch(text, /ana@|203\.0\.113/);
        }
        for (const path of ["/healthz", "/readyz", "/metrics"]) {
            const { status, text } = await desk.ask(path, { headers: { host: "zonekeeper:9464" } });
            assert.equal(status, 200, path);
            assert.doesNotMatch(text, /ana@|203\.0\.113/);
        }
    });

    it("shows who is in to whoever has the token, and asks a browser for it", async () => {
        await using desk = await tryDesk({ ...NETWORK, token: () => TOKEN });
        const refused = await desk.ask("/");
        assert.deepEqual(
            [refused.status, refused.headers["www-authenticate"]],
            [401, 'Basic realm="zonekeeper", charset="UTF-8", Bearer realm="zonekeeper"'],
        );
        const login = `Basic ${Buffer.from(`me:${TOKEN}`).toString("base64")}`;
        for (const authorization of [`Bearer ${TOKEN}`, login]) {
            assert.equal((await desk.ask("/api/status", { headers: { authorization } })).status, 200);
        }
    });

    it("lets strangers guess so often only, and nobody else wait for it", async () => {
        await using desk = await tryDesk({ ...NETWORK, token: () => TOKEN });
        const guess = () => desk.ask("/api/status", { headers: { authorization: "Bearer wrong" } });
        const statuses: number[] = [];
        for (let tries = 0; tries < 22; tries += 1) statuses.push((await guess()).status);
        assert.deepEqual(statuses, [...Array(20).fill(401), 429, 429]);
        const { status } = await desk.ask("/api/status", { headers: { authorization: `Bearer ${TOKEN}` } });
        assert.equal(status, 200);
    });

    it("says when to come back after too many requests, while probes are always answered", async () => {
        await using desk = await tryDesk();
        for (let count = 0; count < 60; count += 1)
            assert.equal((await desk.ask("/api/status?grants=none")).status, 200);
        const { status, headers, text } = await desk.ask("/");
        assert.deepEqual(
            [status, headers["retry-after"], errorIn(text)],
            [429, "1", "too many requests: come back in 1 s"],
        );
        assert.equal((await desk.ask("/readyz")).status, 200);
        desk.clock.pass(1000);
        assert.equal((await desk.ask("/")).status, 200);
    });

    it("says in one sentence what there is not", async () => {
        await using desk = await tryDesk();
        const { status, text } = await desk.ask("/admin?x=1");
        assert.deepEqual(
            [status, errorIn(text)],
            [
                404,
                'there is no GET "/admin"; there are /, /api/status, /events, /healthz, /readyz, /metrics, /hooks/grants and /api/confirm',
            ],
        );
        assert.equal((await desk.ask("/%zz")).status, 400);
        assert.equal((await desk.ask("/", { method: "DELETE" })).status, 404);
    });

    it("shows no stack and no message of what nobody expected", async () => {
        const bug = new Error("secret detail");
        await using desk = await tryDesk({
            view() {
                throw bug;
            },
        });
        const { status, text } = await desk.ask("/api/status");
        assert.deepEqual(
            [status, JSON.parse(text)],
            [500, { error: "the agent cannot answer this; its log says why" }],
        );
        assert.deepEqual(desk.reports, [bug]);
    });

    it("answers what is no HTTP with a status and ends the connection", async () => {
        await using desk = await tryDesk();
        const socket = connect(Number(new URL(desk.url).port), "127.0.0.1");
        socket.write("NONSENSE\r\n\r\n");
        assert.match(await text(socket), /^HTTP\/1\.1 400 Bad Request\r\nconnection: close/);
    });

    it("refuses a token that is too short, and an address that is taken", async () => {
        await assert.rejects(tryDesk({ token: () => "short" }), { code: "bad-input" });
        await using desk = await tryDesk();
        const port = Number(new URL(desk.url).port);
        await assert.rejects(tryDesk({ listen: { host: "127.0.0.1", port } }), {
            code: "bad-input",
            message: `cannot listen on 127.0.0.1:${port}: EADDRINUSE`,
        });
    });
});

describe("GET /events", () => {
    it("tells what happens, in one sentence each", async () => {
        await using desk = await tryDesk();
        const events = await listen(desk.url);
        assert.deepEqual([events.status, await events.next()], [200, "retry: 3000\n\n"]);
        desk.happen(EVENTS["removals.confirmed"]);
        assert.equal(
            await events.next(),
            'id: 1\nevent: told\ndata: {"at":"2026-12-01T12:00:00.000Z","type":"removals.confirmed",' +
                '"text":"mia confirmed the removal of 203.0.113.7/32"}\n\n',
        );
        events.close();
    });

    it("ends the streams when the desk closes", async () => {
        const desk = await tryDesk();
        const events = await listen(desk.url);
        await events.next();
        await desk[Symbol.asyncDispose]();
        assert.equal(await events.next(), "the end");
    });

    it("has room for 32", async () => {
        await using desk = await tryDesk();
        const all = await Promise.all(Array.from({ length: 32 }, () => listen(desk.url)));
        assert.deepEqual(new Set(all.map(({ status }) => status)), new Set([200]));
        const { status, headers } = await desk.ask("/events");
        assert.deepEqual([status, headers["retry-after"]], [503, "30"]);
        for (const each of all) each.close();
    });
});

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

describe("POST /api/confirm", () => {
    const held = ["203.0.113.7/32", "203.0.113.8/32"];
    const holding = { view: () => agentView({ held }), token: () => TOKEN };
    const post = (body: string | undefined, authorization = `Bearer ${TOKEN}`) => ({
        method: "POST",
        headers: { authorization, "content-type": "application/json" },
        ...(body !== undefined && { body }),
    });

    it("confirms what the caller saw, in whatever order, and says by whom", async () => {
        await using desk = await tryDesk(holding);
        const body = JSON.stringify({ held: [...held].reverse(), by: "mia" });
        const { status, text } = await desk.ask("/api/confirm", post(body));
        assert.deepEqual([status, JSON.parse(text)], [200, { confirmed: held }]);
        assert.deepEqual(desk.confirmed, [{ held, by: "mia" }]);
    });

    it("confirms whatever is held where the caller names nothing", async () => {
        await using desk = await tryDesk(holding);
        for (const body of [undefined, "{}"]) {
            assert.equal((await desk.ask("/api/confirm", post(body))).status, 200);
            assert.deepEqual(desk.confirmed.at(-1), { held, by: "somebody at 127.0.0.1" });
        }
    });

    it("confirms nothing when what is held has changed", async () => {
        await using desk = await tryDesk(holding);
        for (const seen of [
            ["203.0.113.7/32"],
            [...held, "203.0.113.9/32"],
            ["203.0.113.7/32", "203.0.113.7/32"],
            [],
        ]) {
            const { status, text } = await desk.ask("/api/confirm", post(JSON.stringify({ held: seen })));
            assert.deepEqual(
                [status, JSON.parse(text)],
                [409, { error: "what is held has changed: look at it again", held }],
            );
        }
        assert.deepEqual(desk.confirmed, []);
    });

    it("says so when nothing is held, or not any more", async () => {
        await using idle = await tryDesk({ token: () => TOKEN });
        const nothing = await idle.ask("/api/confirm", post("{}"));
        assert.deepEqual([nothing.status, errorIn(nothing.text)], [409, "nothing is held"]);
        await using late = await tryDesk({ ...holding, confirm: async () => ({ confirmed: [] }) });
        const gone = await late.ask("/api/confirm", post("{}"));
        assert.deepEqual([gone.status, errorIn(gone.text)], [409, "nothing is held any more"]);
    });

    it("takes the token only as a bearer's, and none where none is set", async () => {
        await using desk = await tryDesk(holding);
        const password = `Basic ${Buffer.from(`me:${TOKEN}`).toString("base64")}`;
        for (const authorization of ["", "Bearer wrong-token-of-the-agent", password]) {
            const { status, headers } = await desk.ask("/api/confirm", post("{}", authorization));
            assert.deepEqual([status, headers["www-authenticate"]], [401, 'Bearer realm="zonekeeper"']);
        }
        await using open = await tryDesk({ view: holding.view });
        assert.equal((await open.ask("/api/confirm", post("{}"))).status, 403);
        assert.deepEqual([...desk.confirmed, ...open.confirmed], []);
    });

    it("refuses a body that is something else", async () => {
        await using desk = await tryDesk(holding);
        for (const body of ["{", "[]", '{"held":"all"}', '{"held":[1]}', '{"hold":[]}', '{"by":""}', "null"]) {
            const { status, text } = await desk.ask("/api/confirm", post(body));
            assert.deepEqual(
                [status, errorIn(text)],
                [400, 'the body is not {"held": ["203.0.113.7/32"], "by": "NAME"}'],
                body,
            );
        }
        assert.deepEqual(desk.confirmed, []);
    });
});

function errorIn(text: string): string {
    return JSON.parse(text).error;
}

function idsIn(text: string): readonly string[] {
    return JSON.parse(text).grants.map(({ id }: { readonly id: string }) => id);
}
