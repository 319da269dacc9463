import { strict as assert } from "node:assert";

import { API_TOKEN, signal, testClient } from "./support/client";
import { serve } from "./support/scriptedServer";

const PATH = "/api/v1/zones/nzo1";
const ZONES = { body: [] };

describe("oktaHttp", () => {
    it("sends the token, asks for JSON and gives back the answer", async () => {
        await using okta = await serve({ body: { id: "nzo1" } });
        const { http } = testClient(okta.url);
        const { status, body } = await http.request("PUT", `${PATH}?x=1`, { signal, body: { name: "staff" } });
        assert.deepEqual({ status, body }, { status: 200, body: { id: "nzo1" } });
        const [{ method, path, headers, body: sent } = assert.fail("not asked")] = okta.asked;
        assert.deepEqual({ method, path, sent }, { method: "PUT", path: `${PATH}?x=1`, sent: { name: "staff" } });
        const { authorization, accept, "content-type": type, "user-agent": agent } = headers;
        assert.deepEqual(
            { authorization, accept, type, agent },
            {
                authorization: `SSWS ${API_TOKEN}`,
                accept: "application/json",
                type: "application/json",
                agent: "zonekeeper",
            },
        );
    });

    it("sends an access token as a bearer token", async () => {
        await using okta = await serve(ZONES);
        const credential = { kind: "access-token", accessToken: "eyJraWQiOiJ4" } as const;
        const { http } = testClient(okta.url, { connection: { orgUrl: okta.url, credential } });
        await http.request("GET", PATH, { signal });
        assert.equal(okta.asked[0]?.headers.authorization, "Bearer eyJraWQiOiJ4");
    });

    it("sends no credential with an anonymous request", async () => {
        await using okta = await serve(ZONES);
        const { http } = testClient(okta.url, { connection: { orgUrl: okta.url } });
        await http.request("GET", "/.well-known/okta-organization", { signal, anonymous: true });
        assert.equal(okta.asked[0]?.headers.authorization, undefined);
        await assert.rejects(http.request("GET", PATH, { signal }), { code: "bad-input" });
    });

    it("gives no body for an answer without one", async () => {
        await using okta = await serve({ status: 204 });
        const { status, body } = await testClient(okta.url).http.request("DELETE", PATH, { signal });
        assert.deepEqual({ status, body }, { status: 204, body: undefined });
    });

    it("remembers what the latest answer said of the rate limit, refusals included", async () => {
        const headers = {
            "x-rate-limit-limit": "50",
            "x-rate-limit-remaining": "49",
            "x-rate-limit-reset": "1759127105",
            date: "Mon, 29 Sep 2025 06:24:57 GMT",
        };
        await using okta = await serve(ZONES, { status: 404, headers, body: {} }, ZONES);
        const { http } = testClient(okta.url);
        await http.request("GET", PATH, { signal });
        assert.equal(http.rateLimit, undefined);
        await assert.rejects(http.request("GET", PATH, { signal }));
        await http.request("GET", PATH, { signal });
        const endsAtMs = 8_000;
        assert.deepEqual(http.rateLimit, { limit: 50, remaining: 49, resetAtMs: 1_759_127_105_000, endsAtMs });
    });
});
