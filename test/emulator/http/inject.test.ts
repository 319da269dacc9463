import { strict as assert } from "node:assert";

import { startEmulator } from "../../../emulator/emulator";

const ZONE = { id: "nzo1", name: "Staff", gateways: [{ type: "CIDR" as const, value: "198.51.100.7/32" }] };
const AS_ANYBODY = { headers: { authorization: "SSWS any-token-will-do" } };

describe("fetchWithin", () => {
    it("answers as over HTTP, and what it does is written down", async () => {
        await using emulator = await startEmulator({ seed: { zones: [ZONE] } });
        const url = `${emulator.url}/api/v1/zones/nzo1`;
        const [within, over] = [await emulator.fetch(url, AS_ANYBODY), await fetch(url, AS_ANYBODY)];
        assert.deepEqual([within.status, await within.json()], [over.status, await over.json()]);
        assert.equal(
            Number(within.headers.get("x-rate-limit-remaining")) - 1,
            Number(over.headers.get("x-rate-limit-remaining")),
        );
        assert.deepEqual(
            emulator.requests.map(({ method, path, status }) => [method, path, status]),
            [
                ["GET", "/api/v1/zones/nzo1", 200],
                ["GET", "/api/v1/zones/nzo1", 200],
            ],
        );
    });

    it("carries bodies", async () => {
        await using emulator = await startEmulator({ seed: { zones: [ZONE] } });
        const headers = { ...AS_ANYBODY.headers, "content-type": "application/json" };
        const gateways = [{ type: "CIDR", value: "203.0.113.0/24" }];
        const body = JSON.stringify({ type: "IP", name: "Staff", gateways });
        await emulator.fetch(`${emulator.url}/api/v1/zones/nzo1`, { method: "PUT", headers, body });
        assert.deepEqual(emulator.history.at(-1)?.gateways, ["203.0.113.0/24"]);
    });

    for (const act of [{ drop: true }, { loseResponse: true }] as const) {
        it(`rejects where ${Object.keys(act)[0]} cuts the connection`, async () => {
            await using emulator = await startEmulator({ seed: { zones: [ZONE] } });
            emulator.inject({ do: act });
            await assert.rejects(emulator.fetch(`${emulator.url}/api/v1/zones/nzo1`, AS_ANYBODY));
            assert.equal(emulator.requests[0]?.status, 0);
        });
    }
});
