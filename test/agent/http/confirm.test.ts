import { strict as assert } from "node:assert";
import { heldDigest } from "../../../src/agent/page/heldDigest";
import { agentView } from "../../support/agentView";
import { errorIn, openTestServer, type TestServer, TOKEN } from "./testServer";

describe("POST /api/confirm", () => {
    const held = ["203.0.113.7/32", "203.0.113.8/32"];
    const holding = { view: () => agentView({ held }), token: () => TOKEN };
    const post = (body: string | undefined, authorization = `Bearer ${TOKEN}`) => ({
        method: "POST",
        headers: { authorization, "content-type": "application/json" },
        ...(body !== undefined && { body }),
    });

    it("confirms what the caller saw, in any order, and records the caller", async () => {
        await using server = await openTestServer(holding);
        const body = JSON.stringify({ held: [...held].reverse(), by: "mia" });
        const { status, text } = await server.ask("/api/confirm", post(body));
        assert.deepEqual([status, JSON.parse(text)], [200, { confirmed: held }]);
        assert.deepEqual(server.confirmed, [{ held, by: "mia" }]);
    });

    it("says why, on one line", async () => {
        await using server = await openTestServer(holding);
        const body = JSON.stringify({ by: "mia", reason: "INC-7:\n\u202e left " });
        assert.equal((await server.ask("/api/confirm", post(body))).status, 200);
        assert.deepEqual(server.confirmed, [{ held, by: "mia", reason: "INC-7: left" }]);
        for (const [reason, status] of [
            ["x".repeat(500), 200],
            ["x".repeat(501), 400],
            [" ", 400],
        ] as const) {
            assert.equal((await server.ask("/api/confirm", post(JSON.stringify({ reason })))).status, status);
        }
    });

    it("confirms whatever is held where the caller names nothing", async () => {
        await using server = await openTestServer(holding);
        for (const body of [undefined, "{}"]) {
            assert.equal((await server.ask("/api/confirm", post(body))).status, 200);
            assert.deepEqual(server.confirmed.at(-1), { held, by: "a client at 127.0.0.1" });
        }
    });

    it("confirms nothing when what is held has changed", async () => {
        await using server = await openTestServer(holding);
        for (const seen of [
            ["203.0.113.7/32"],
            [...held, "203.0.113.9/32"],
            ["203.0.113.7/32", "203.0.113.9/32"],
            ["203.0.113.7/32", "203.0.113.7/32"],
            [],
        ]) {
            const { status, text } = await server.ask("/api/confirm", post(JSON.stringify({ held: seen })));
            assert.deepEqual(
                [status, JSON.parse(text)],
                [409, { code: "ZK002", error: "what is held has changed: look at it again", held }],
            );
        }
        assert.deepEqual(server.confirmed, []);
    });

    it("answers 409 when nothing is held, or not any more", async () => {
        await using idle = await openTestServer({ token: () => TOKEN });
        const nothing = await idle.ask("/api/confirm", post("{}"));
        assert.deepEqual([nothing.status, errorIn(nothing.text)], [409, "nothing is held"]);
        await using late = await openTestServer({ ...holding, confirm: async () => ({ confirmed: [] }) });
        const gone = await late.ask("/api/confirm", post("{}"));
        assert.deepEqual([gone.status, errorIn(gone.text)], [409, "nothing is held any more"]);
    });

    it("confirms nothing where it stands by", async () => {
        await using server = await openTestServer({ ...holding, view: () => agentView({ held, isLeading: false }) });
        assert.equal((await server.ask("/api/confirm", post("{}"))).status, 503);
        assert.deepEqual(server.confirmed, []);
    });

    it("takes the token only as a bearer's, and none where none is set", async () => {
        await using server = await openTestServer(holding);
        const password = `Basic ${Buffer.from(`me:${TOKEN}`).toString("base64")}`;
        for (const authorization of ["", "Bearer wrong-token-of-the-agent", password]) {
            const { status, headers } = await server.ask("/api/confirm", post("{}", authorization));
            assert.deepEqual([status, headers["www-authenticate"]], [401, 'Bearer realm="zonekeeper"']);
        }
        await using open = await openTestServer({ view: holding.view });
        assert.equal((await open.ask("/api/confirm", post("{}"))).status, 403);
        assert.deepEqual([...server.confirmed, ...open.confirmed], []);
    });

    it("refuses a body that is something else", async () => {
        await using server = await openTestServer(holding);
        for (const body of [
            "{",
            "[]",
            '{"held":"all"}',
            '{"held":[1]}',
            '{"hold":[]}',
            '{"by":""}',
            '{"reason":7}',
            "null",
        ]) {
            const { status, text } = await server.ask("/api/confirm", post(body));
            assert.deepEqual(
                [status, errorIn(text)],
                [400, 'the body is not {"held": ["203.0.113.7/32"], "by": "NAME", "reason": "WHY"}'],
                body,
            );
        }
        assert.deepEqual(server.confirmed, []);
    });
});

describe("POST /api/confirm as a form", () => {
    const held = ["203.0.113.7/32", "203.0.113.8/32"];
    const holding = { view: () => agentView({ held }), token: () => TOKEN };
    const FIELDS = { token: TOKEN, seen: heldDigest(held), by: "mia", reason: "INC-7" };
    const FORM = "application/x-www-form-urlencoded";

    const send = (server: TestServer, fields: object, headers: Readonly<Record<string, string>> = {}) =>
        server.ask("/api/confirm", {
            method: "POST",
            headers: { "content-type": FORM, accept: "text/html,*/*", ...headers },
            body: new URLSearchParams({ ...fields }).toString(),
        });

    it("confirms what the page showed, and leads a browser back to it", async () => {
        await using server = await openTestServer(holding);
        const origin = { origin: `http://127.0.0.1:${new URL(server.url).port}` };
        const { status, headers, text } = await send(server, FIELDS, { ...origin, host: origin.origin.slice(7) });
        assert.deepEqual([status, headers.location, text], [303, "../", ""]);
        assert.deepEqual(server.confirmed, [{ held, by: "mia", reason: "INC-7" }]);
    });

    it("answers a program in JSON", async () => {
        await using server = await openTestServer(holding);
        const { status, text } = await send(server, FIELDS, { accept: "*/*" });
        assert.deepEqual([status, JSON.parse(text)], [200, { confirmed: held }]);
    });

    const ROWS: readonly (readonly [because: string, fields: object, status: number, sentence: string])[] = [
        ["no token is given", { token: "" }, 401, "this needs the agent's token"],
        ["the token is wrong", { token: "wrong-token-of-the-agent" }, 401, "this is not the agent's token"],
        [
            "what was seen is not said",
            { seen: "" },
            400,
            "the form does not say what was seen: send it from the status page",
        ],
        [
            "something else was seen",
            { seen: heldDigest(["203.0.113.7/32"]) },
            409,
            "what is held has changed: look at it again",
        ],
        ["nobody says who", { by: " " }, 400, "say who you are, in up to 200 characters"],
        ["the name is too long", { by: "x".repeat(201) }, 400, "say who you are, in up to 200 characters"],
        ["the reason is too long", { reason: "x".repeat(501) }, 400, "the reason is longer than 500 characters"],
    ];
    for (const [because, changes, status, sentence] of ROWS) {
        it(`confirms nothing where ${because}, and answers with a page that links back`, async () => {
            await using server = await openTestServer(holding);
            const answer = await send(server, { ...FIELDS, ...changes });
            assert.deepEqual([answer.status, answer.headers["content-type"]], [status, "text/html; charset=utf-8"]);
            assert.ok(answer.text.includes(`<bdi>${sentence.replaceAll("'", "&#39;")} [ZK`), answer.text);
            assert.match(answer.text, /<a href="\.\.\/">Back to the status page<\/a>/);
            assert.match(String(answer.headers["content-security-policy"]), /^default-src 'none'; style-src 'sha256-/);
            const program = await send(server, { ...FIELDS, ...changes }, { accept: "application/json" });
            assert.deepEqual([program.status, errorIn(program.text)], [status, sentence]);
            assert.deepEqual(server.confirmed, []);
        });
    }

    it("takes no form of another site's page, whatever it knows", async () => {
        await using server = await openTestServer(holding);
        for (const headers of [
            { origin: "https://evil.example" },
            { origin: "null" },
            { origin: "http://127.0.0.1:1" },
            { "sec-fetch-site": "cross-site" },
            { "sec-fetch-site": "same-site", origin: server.url },
        ]) {
            const { status } = await send(server, FIELDS, { host: new URL(server.url).host, ...headers });
            assert.equal(status, 403, JSON.stringify(headers));
        }
        assert.deepEqual(server.confirmed, []);
        // A proxy may have changed the host; what the browser says of both addresses counts.
        const proxied = { "sec-fetch-site": "same-origin", origin: "https://access.example.com" };
        assert.equal((await send(server, FIELDS, proxied)).status, 303);
    });

    it("takes the token of a field for nothing but a form", async () => {
        await using server = await openTestServer(holding);
        for (const type of ["text/plain", "multipart/form-data; boundary=x", "application/json", ""]) {
            assert.equal((await send(server, FIELDS, { "content-type": type })).status, 401, type);
        }
        const login = `Basic ${Buffer.from(`me:${TOKEN}`).toString("base64")}`;
        assert.equal((await send(server, { ...FIELDS, token: "" }, { authorization: login })).status, 401);
        const denied = await server.ask("/api/deny", {
            method: "POST",
            headers: { "content-type": FORM },
            body: new URLSearchParams({ token: TOKEN, user: "ana", reason: "x" }).toString(),
        });
        assert.equal(denied.status, 401);
        assert.deepEqual([server.confirmed, server.denials], [[], []]);
    });

    it("takes JSON that curl calls a form, with the token in its header", async () => {
        await using server = await openTestServer(holding);
        const headers = { "content-type": FORM, authorization: `Bearer ${TOKEN}` };
        const body = JSON.stringify({ held, by: "mia" });
        assert.equal((await server.ask("/api/confirm", { method: "POST", headers, body })).status, 200);
    });

    it("confirms nothing where no token is set, where it stands by, and where nothing is held", async () => {
        await using open = await openTestServer({ view: holding.view });
        assert.equal((await send(open, FIELDS)).status, 403);
        await using standby = await openTestServer({ ...holding, view: () => agentView({ held, isLeading: false }) });
        const { status, headers } = await send(standby, FIELDS);
        assert.deepEqual([status, headers["retry-after"]], [503, "5"]);
        await using idle = await openTestServer({ token: () => TOKEN });
        assert.equal((await send(idle, FIELDS)).status, 409);
    });

    it("reads no long form, as it does not know yet who sends it", async () => {
        await using server = await openTestServer(holding);
        const { status, headers } = await send(server, { ...FIELDS, reason: "x".repeat(17_000) });
        assert.deepEqual([status, headers.connection], [413, "close"]);
        const chunked = await send(server, FIELDS, { "transfer-encoding": "chunked" });
        assert.equal(chunked.status, 413);
    });
});
