import { strict as assert } from "node:assert";

import { startEmulator } from "../../emulator/emulator";
import { callerOf, zoneBody } from "./caller";

describe("startEmulator", () => {
    it("keeps every request in order, and of the credential only the scheme", async () => {
        await using emulator = await startEmulator({ now: () => 1_000 });
        const call = callerOf(emulator);
        await call("GET", "/api/v1/users/me?x=1");
        await call("POST", "/api/v1/zones", zoneBody("Office"));
        assert.deepEqual(emulator.requests, [
            {
                method: "GET",
                path: "/api/v1/users/me?x=1",
                authorization: "SSWS",
                body: undefined,
                status: 200,
                at: 1_000,
            },
            {
                method: "POST",
                path: "/api/v1/zones",
                authorization: "SSWS",
                body: { type: "IP", name: "Office", gateways: [] },
                status: 400,
                at: 1_000,
            },
        ]);
    });

    it("keeps nothing of a credential that came without a scheme", async () => {
        await using emulator = await startEmulator();
        await callerOf(emulator, { authorization: "00bareToken" })("GET", "/api/v1/zones");
        assert.equal(emulator.requests[0]?.authorization, undefined);
        assert.doesNotMatch(JSON.stringify(emulator.requests), /00bareToken/);
    });

    it("keeps every state of every zone in order", async () => {
        await using emulator = await startEmulator({ now: () => 1_000, idSeed: "a" });
        const call = callerOf(emulator);
        const { body: zone } = await call("POST", "/api/v1/zones", zoneBody("Office", "198.51.100.0/24"));
        await call("PUT", `/api/v1/zones/${zone.id}`, { ...zoneBody("Desk", "198.51.100.7/32"), status: "INACTIVE" });
        await call("DELETE", `/api/v1/zones/${zone.id}`);
        const states = emulator.history.filter(({ zoneId }) => zoneId === zone.id);
        const shared = { at: 1_000, zoneId: zone.id, proxies: [] };
        const last = { ...shared, name: "Desk", status: "INACTIVE", gateways: ["198.51.100.7/32"] };
        assert.deepEqual(states, [
            { ...shared, name: "Office", status: "ACTIVE", gateways: ["198.51.100.0/24"], cause: "POST /api/v1/zones" },
            { ...last, cause: `PUT /api/v1/zones/${zone.id}` },
            { ...last, cause: `DELETE /api/v1/zones/${zone.id}`, gone: true },
        ]);
        assert.deepEqual(
            emulator.history.filter(({ cause }) => cause === "seed").map(({ name }) => name),
            ["LegacyIpZone", "BlockedIpZone", "DefaultExemptIpZone", "DefaultEnhancedDynamicZone"],
        );
    });
});
