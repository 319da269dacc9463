import { strict as assert } from "node:assert";

import { startEmulator } from "../../../emulator/emulator";
import { type Answer, callerOf, zoneBody } from "../caller";

const limits = ({ headers }: Answer) =>
    ["limit", "remaining", "reset"].map((name) => Number(headers.get(`x-rate-limit-${name}`)));

describe("rate limits", () => {
    const start = Date.parse("2025-09-29T06:24:05.900Z");
    const reset = Date.parse("2025-09-29T06:25:05.000Z") / 1000;

    it("count down every method of a bucket in a window that begins with its first request", async () => {
        const clock = { ms: start };
        await using emulator = await startEmulator({ rateLimit: 4, now: () => clock.ms });
        const call = callerOf(emulator);
        assert.deepEqual(limits(await call("GET", "/api/v1/zones")), [4, 3, reset]);
        clock.ms += 20_000;
        const { id } = (await call("POST", "/api/v1/zones", zoneBody("a", "1.2.3.4/32"))).body;
        assert.deepEqual(limits(await call("POST", `/api/v1/zones/${id}/lifecycle/deactivate`)), [4, 1, reset]);
        assert.deepEqual(limits(await call("DELETE", `/api/v1/zones/${id}`)), [4, 0, reset]);
    });

    it("answer 429 in Okta's words, without Retry-After and without doing anything, until the window ends", async () => {
        const clock = { ms: start };
        await using emulator = await startEmulator({ rateLimit: 1, now: () => clock.ms });
        const call = callerOf(emulator);
        await call("GET", "/api/v1/zones");
        const refused = await call("POST", "/api/v1/zones", zoneBody("a", "1.2.3.4/32"));
        const { errorId, ...error } = refused.body;
        assert.deepEqual(
            [refused.status, limits(refused), error],
            [
                429,
                [1, 0, reset],
                {
                    errorCode: "E0000047",
                    errorSummary: "API call exceeded rate limit due to too many requests.",
                    errorLink: "E0000047",
                    errorCauses: [],
                },
            ],
        );
        assert.equal(refused.headers.get("retry-after"), null);
        assert.equal(refused.headers.get("date"), "Mon, 29 Sep 2025 06:24:05 GMT");
        assert.equal(emulator.org.zones.size, 4);
        clock.ms = reset * 1000 - 1;
        assert.equal((await call("GET", "/api/v1/zones")).status, 429);
        clock.ms = reset * 1000;
        assert.deepEqual(limits(await call("GET", "/api/v1/zones")), [1, 0, reset + 60]);
    });

    it("share one bucket between zones, policies and tokens, and not with the rest", async () => {
        await using emulator = await startEmulator({
            rateLimit: 10,
            now: () => start,
            seed: { apps: [{ id: "0oa1", label: "A" }], policies: [{ id: "rst1", name: "P" }] },
        });
        const call = callerOf(emulator);
        const rows: [method: string, path: string, limit: number, remaining: number][] = [
            ["GET", "/api/v1/zones", 10, 9],
            ["GET", "/api/v1/policies?type=ACCESS_POLICY", 10, 8],
            ["GET", "/api/v1/api-tokens", 10, 7],
            ["GET", "/api/v1/apps?limit=1", 100, 99],
            ["PUT", "/api/v1/apps/0oa1/policies/rst1", 100, 98],
            ["GET", "/api/v1/apps/0oa1", 10, 9],
            ["GET", "/api/v1/logs", 50, 49],
            ["GET", "/api/v1/users/me", 10, 9],
            ["GET", "/.well-known/okta-organization", 10, 9],
            ["GET", "/api/v1/nothing", 10, 6],
        ];
        for (const [method, path, ...expected] of rows) {
            assert.deepEqual(limits(await call(method, path)).slice(0, 2), expected, path);
        }
    });
});

describe("headers", () => {
    it("are on every answer, good or bad", async () => {
        await using emulator = await startEmulator({ now: () => 0 });
        const call = callerOf(emulator);
        const ids = new Set<string | null>();
        for (const path of [
            "/api/v1/zones",
            "/api/v1/zones/nzo1",
            "/api/v1/nothing",
            "/.well-known/okta-organization",
        ]) {
            const { headers } = await call("GET", path);
            assert.equal(headers.get("date"), "Thu, 01 Jan 1970 00:00:00 GMT");
            assert.equal(headers.get("content-type"), "application/json");
            assert.equal(headers.get("cache-control"), "no-cache, no-store");
            assert.equal(headers.get("etag"), null);
            assert.match(headers.get("x-okta-request-id") ?? "", /^[0-9A-Za-z]{27}$/);
            ids.add(headers.get("x-okta-request-id"));
        }
        assert.equal(ids.size, 4);
    });
});
