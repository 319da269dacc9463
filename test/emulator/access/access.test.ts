import { strict as assert } from "node:assert";

import { startEmulator } from "../../../emulator/emulator";
import { callerOf, zoneBody } from "../caller";

const DAY_MS = 24 * 3_600_000;

describe("access with an API token", () => {
    const seed = {
        users: [
            { id: "00u1", login: "root@example.com" },
            { id: "00u2", login: "reader@example.com" },
        ],
        tokens: [
            { id: "00T1", value: "writes", name: "sync" },
            { id: "00T2", value: "reads", access: "read-only" as const, userId: "00u2" },
        ],
    };
    const rows: [
        title: string,
        authorization: string | undefined,
        method: string,
        status: number,
        code: string | undefined,
    ][] = [
        ["a token of the seed", "SSWS writes", "POST", 200, undefined],
        ["more blanks than one", "SSWS   writes ", "POST", 200, undefined],
        ["a token that only reads, reading", "SSWS reads", "GET", 200, undefined],
        ["a token that only reads, writing", "SSWS reads", "POST", 403, "E0000006"],
        ["a token of nobody", "SSWS guess", "GET", 401, "E0000011"],
        ["no token after the scheme", "SSWS", "GET", 401, "E0000005"],
        ["no header", undefined, "GET", 401, "E0000005"],
        ["another scheme", "Basic d3JpdGVz", "GET", 401, "E0000005"],
        ["an access token of nobody", "Bearer guess", "GET", 401, "E0000005"],
    ];
    for (const [title, authorization, method, status, code] of rows) {
        it(`${title}: ${status}`, async () => {
            await using emulator = await startEmulator({ seed });
            const response = await fetch(`${emulator.url}/api/v1/zones`, {
                method,
                headers: { "content-type": "application/json", ...(authorization !== undefined && { authorization }) },
                ...(method === "POST" && { body: JSON.stringify(zoneBody("a", "1.2.3.4/32")) }),
            });
            const body = (await response.json()) as { errorCode?: string };
            assert.deepEqual([response.status, body.errorCode], [status, code]);
        });
    }

    it("takes any token where the seed has none", async () => {
        await using emulator = await startEmulator();
        assert.equal(
            (await callerOf(emulator, { authorization: "SSWS anything" })("GET", "/api/v1/zones")).status,
            200,
        );
    });

    it("is /users/me of the token's owner", async () => {
        await using emulator = await startEmulator({ seed });
        const me = async (token: string) =>
            (await callerOf(emulator, { authorization: `SSWS ${token}` })("GET", "/api/v1/users/me")).body.id;
        assert.deepEqual([await me("writes"), await me("reads")], ["00u1", "00u2"]);
    });

    it("lists the tokens without their texts", async () => {
        await using emulator = await startEmulator({ seed, now: () => 0 });
        const call = callerOf(emulator, { authorization: "SSWS writes" });
        const { body } = await call("GET", "/api/v1/api-tokens/00T1");
        assert.deepEqual(body, {
            id: "00T1",
            name: "sync",
            userId: "00u1",
            clientName: "Okta API",
            tokenWindow: null,
            network: { connection: "ANYWHERE" },
            expiresAt: "1970-01-31T00:00:00.000Z",
            created: "1970-01-01T00:00:00.000Z",
            lastUpdated: "1970-01-01T00:00:00.000Z",
            _links: { self: { href: `${emulator.url}/api/v1/api-tokens/00T1`, hints: { allow: ["GET", "DELETE"] } } },
        });
        const all = await call("GET", "/api/v1/api-tokens");
        assert.equal(all.body.length, 2);
        const kept = JSON.stringify([all.body, emulator.requests, [...emulator.org.tokens.values()]]);
        assert.doesNotMatch(kept, /writes|reads"/);
    });

    it("revokes the token in use when the current one is deleted", async () => {
        await using emulator = await startEmulator({ seed });
        const call = callerOf(emulator, { authorization: "SSWS writes" });
        assert.equal((await call("DELETE", "/api/v1/api-tokens/current")).status, 204);
        assert.equal((await call("GET", "/api/v1/zones")).status, 401);
        assert.deepEqual([...emulator.org.tokens.keys()], ["00T2"]);
    });

    it("lets a token die after 30 days without a call, each call renewing it", async () => {
        const clock = { ms: 0 };
        await using emulator = await startEmulator({ seed, now: () => clock.ms });
        const call = callerOf(emulator, { authorization: "SSWS writes" });
        for (const [days, status] of [
            [29, 200],
            [58, 200],
            [88, 401],
            [88, 401],
        ] as const) {
            clock.ms = days * DAY_MS;
            assert.equal((await call("GET", "/api/v1/zones")).status, status, `day ${days}`);
        }
    });
});

describe("paths", () => {
    const rows: [method: string, path: string, status: number, code: string | undefined][] = [
        ["GET", "/api/v1/nothing", 404, "E0000008"],
        ["GET", "/api/v2/zones", 404, "E0000008"],
        ["PATCH", "/api/v1/zones", 405, "E0000022"],
        ["DELETE", "/api/v1/zones", 405, "E0000022"],
        ["POST", "/api/v1/zones/nzo1", 405, "E0000022"],
        ["PUT", "/api/v1/policies/rst1/rules/rul1/lifecycle/activate", 405, "E0000022"],
    ];
    for (const [method, path, status, code] of rows) {
        it(`answers ${method} ${path} with ${status}`, async () => {
            await using emulator = await startEmulator();
            const { status: answered, body } = await callerOf(emulator)(method, path);
            assert.deepEqual([answered, body.errorCode], [status, code]);
        });
    }

    const bodies: [title: string, body: string, type: string, status: number, code: string][] = [
        ["half a body", "{", "application/json", 400, "E0000003"],
        ["a list", "[]", "application/json", 400, "E0000003"],
        ["a body of another type", "<zone/>", "application/xml", 400, "E0000019"],
        ["a body of more than a megabyte", " ".repeat(1_100_000), "application/json", 413, "E0000003"],
    ];
    for (const [title, body, type, status, code] of bodies) {
        it(`answers ${title} with ${status} ${code}`, async () => {
            await using emulator = await startEmulator();
            const { status: answered, body: error } = await callerOf(emulator, { "content-type": type })(
                "POST",
                "/api/v1/zones",
                body,
            );
            assert.deepEqual([answered, error.errorCode], [status, code]);
        });
    }
});
