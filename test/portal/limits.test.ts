import { strict as assert } from "node:assert";
import { connect } from "node:net";

import { openKnownCallers, rateLimits } from "../../src/portal/http/limits";
import { ANA, openPortalScene } from "./scene";

/** What a visitor sends who never comes to an end. */
const SLOW: Readonly<Record<string, readonly [text: string, status: number]>> = {
    "a body that never ends": ["content-type: application/json\r\ncontent-length: 100\r\n\r\n{", 408],
    "headers that never end": ["x-a: b\r\n", 408],
    "headers that are too large": [`x-a: ${"a".repeat(20_000)}\r\n\r\n`, 431],
    "no HTTP": ["\u0000\u0001\r\n\r\n", 400],
};

describe("the portal's limits", () => {
    for (const [what, [text, status]] of Object.entries(SLOW)) {
        it(`answer ${what} with ${status} and a problem document, and close the connection`, async () => {
            await using scene = await openPortalScene({ requestTimeoutMs: 200 });
            const { hostname, port, host } = new URL(scene.url);
            const answer = await new Promise<string>((resolve, reject) => {
                let all = "";
                const socket = connect(Number(port), hostname, () =>
                    socket.write(`POST /api/v1/grants HTTP/1.1\r\nhost: ${host}\r\n${text}`),
                );
                socket.on("data", (data) => {
                    all += String(data);
                });
                socket.on("close", () => resolve(all));
                socket.on("error", reject);
            });
            assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `));
            assert.match(answer, /content-type: application\/problem\+json/);
            assert.equal(JSON.parse(answer.split("\r\n\r\n")[1] ?? "").code, "ZK812");
        });
    }

    const PATHS = { "/api/v1/grants/%ZZ": 400, [`/api/v1/grants/${"x".repeat(5000)}`]: 414 };
    for (const [path, status] of Object.entries(PATHS)) {
        it(`answer the path ${path.slice(0, 20)} with ${status} and a problem document`, async () => {
            await using scene = await openPortalScene();
            const answer = await fetch(`${scene.url}${path}`, { method: "DELETE" });
            assert.equal(answer.status, status);
            assert.match(answer.headers.get("content-type") ?? "", /^application\/problem\+json/);
            assert.equal(((await answer.json()) as { code: string }).code, "ZK812");
        });
    }

    it("refuse an address that begins very many sign-ins at once, and nobody else", async () => {
        await using scene = await openPortalScene();
        const ana = await scene.person(ANA, "203.0.113.7");
        const from = (address: string) => ({ "x-forwarded-for": address, accept: "application/json" });
        const begin = (address: string) =>
            fetch(`${scene.url}/login`, { headers: from(address), redirect: "manual" }).then(async (answer) => {
                const text = await answer.text();
                return { answer, text };
            });
        const statuses = new Map<number, number>();
        let refused: Awaited<ReturnType<typeof begin>> | undefined;
        for (let round = 0; round < 26; round += 1) {
            for (const each of await Promise.all(Array.from({ length: 50 }, () => begin("203.0.113.7")))) {
                const { status } = each.answer;
                statuses.set(status, (statuses.get(status) ?? 0) + 1);
                if (status === 429) refused = each;
            }
        }
        assert.deepEqual([...statuses.keys()].sort(), [303, 429]);
        assert.ok((statuses.get(303) ?? 0) <= 1_200);
        assert.match(refused?.answer.headers.get("content-type") ?? "", /^application\/problem\+json/);
        assert.ok(Number(refused?.answer.headers.get("retry-after")) > 0);
        assert.equal(JSON.parse(refused?.text ?? "").code, "ZK811");
        assert.equal((await begin("203.0.113.8")).answer.status, 303, "another address");
        const me = await scene.api(ana, "GET", "/api/v1/me");
        assert.equal(me.status, 200, "somebody who has signed in from there");
    });

    it("count a made-up cookie or token as the stranger's address, and each visitor of a proxy apart", () => {
        const known = openKnownCallers(2);
        const cookies = { session: (request: { readonly cookie?: string }) => request.cookie } as never;
        const trusted = { trustedProxies: [{ span: { low: 0x7f000001, high: 0x7f000001 } }] };
        const { keyGenerator, max } = rateLimits(trusted, cookies, known);
        const keyOf = (cookie: string | undefined, from: string) =>
            (keyGenerator as (request: unknown) => string)({
                ...(cookie !== undefined && { cookie }),
                headers: { "x-forwarded-for": from },
                socket: { remoteAddress: "127.0.0.1" },
            });
        const most = (key: string) => (max as (request: unknown, key: string) => number)({}, key);
        const stranger = keyOf(undefined, "203.0.113.7");
        assert.equal(keyOf("made-up", "203.0.113.7"), stranger);
        assert.notEqual(keyOf(undefined, "203.0.113.8"), stranger);
        known.note("believed");
        assert.notEqual(keyOf("believed", "203.0.113.7"), stranger);
        assert.ok(most(keyOf("believed", "203.0.113.7")) > most(stranger));
        known.note("b");
        known.note("c");
        assert.equal(keyOf("believed", "203.0.113.7"), stranger, "the oldest is forgotten");
    });
});
