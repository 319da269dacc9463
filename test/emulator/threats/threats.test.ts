import { strict as assert } from "node:assert";

import { startEmulator } from "../../../emulator/emulator";
import { callerOf, zoneBody } from "../caller";

describe("ThreatInsight", () => {
    const path = "/api/v1/threats/configuration";

    it("does nothing in a new organisation, and keeps what is set", async () => {
        const clock = { ms: 0 };
        await using emulator = await startEmulator({ now: () => clock.ms });
        const call = callerOf(emulator);
        const began = "1970-01-01T00:00:00.000Z";
        const _links = { self: { href: `${emulator.url}${path}`, hints: { allow: ["GET", "POST"] } } };
        const first = { action: "none", excludeZones: [], created: began, lastUpdated: began, _links };
        assert.deepEqual((await call("GET", path)).body, first);
        const { id } = (await call("POST", "/api/v1/zones", zoneBody("Z", "1.2.3.4/32"))).body;
        clock.ms = 5000;
        const told = await call("POST", path, { action: "block", excludeZones: [id] });
        const second = { ...first, action: "block", excludeZones: [id], lastUpdated: "1970-01-01T00:00:05.000Z" };
        assert.deepEqual([told.status, told.body, (await call("GET", path)).body], [200, second, second]);
        await call("POST", `/api/v1/zones/${id}/lifecycle/deactivate`);
        assert.equal((await call("DELETE", `/api/v1/zones/${id}`)).status, 400);
        assert.deepEqual((await call("POST", path, { action: "none" })).body.excludeZones, []);
        assert.equal((await call("DELETE", `/api/v1/zones/${id}`)).status, 204);
    });

    for (const body of [{}, { action: "watch" }, { action: "audit", excludeZones: ["nzo9"] }]) {
        it(`refuses ${JSON.stringify(body)}`, async () => {
            await using emulator = await startEmulator();
            assert.equal((await callerOf(emulator)("POST", path, body)).status, 400);
        });
    }

    it("begins as the seed says", async () => {
        await using emulator = await startEmulator({ seed: { threats: { action: "audit" } } });
        assert.equal((await callerOf(emulator)("GET", path)).body.action, "audit");
    });
});
