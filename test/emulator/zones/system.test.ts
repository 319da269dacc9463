import { strict as assert } from "node:assert";

import { startEmulator } from "../../../emulator/emulator";
import { callerOf, zoneBody } from "../caller";

interface Row {
    readonly zone: string;
    readonly change: object;
    /** 200, or the field that the refusal is about. */
    readonly outcome: 200 | string;
}

const proxies = [{ type: "CIDR", value: "10.0.0.0/8" }];
const categories = { ipServiceCategories: { include: ["NORDVPN"] } };

const ROWS: Readonly<Record<string, Row>> = {
    "LegacyIpZone may be renamed": { zone: "LegacyIpZone", change: { name: "Ours" }, outcome: 200 },
    "LegacyIpZone may have proxies": { zone: "LegacyIpZone", change: { proxies }, outcome: 200 },
    "LegacyIpZone may not become a blocklist": {
        zone: "LegacyIpZone",
        change: { usage: "BLOCKLIST" },
        outcome: "usage",
    },
    "BlockedIpZone needs system: true": { zone: "BlockedIpZone", change: {}, outcome: "system" },
    "BlockedIpZone takes gateways with it": { zone: "BlockedIpZone", change: { system: true }, outcome: 200 },
    "BlockedIpZone may become empty": { zone: "BlockedIpZone", change: { system: true, gateways: [] }, outcome: 200 },
    "BlockedIpZone has no proxies": { zone: "BlockedIpZone", change: { system: true, proxies }, outcome: "proxies" },
    "BlockedIpZone keeps its name": { zone: "BlockedIpZone", change: { system: true, name: "x" }, outcome: "name" },
    "DefaultExemptIpZone needs useAsExemptList": {
        zone: "DefaultExemptIpZone",
        change: {},
        outcome: "useAsExemptList",
    },
    "DefaultExemptIpZone takes gateways with it": {
        zone: "DefaultExemptIpZone",
        change: { useAsExemptList: true },
        outcome: 200,
    },
    "DefaultExemptIpZone has no proxies": {
        zone: "DefaultExemptIpZone",
        change: { useAsExemptList: true, proxies },
        outcome: "proxies",
    },
    "DefaultExemptIpZone keeps its usage": {
        zone: "DefaultExemptIpZone",
        change: { useAsExemptList: true, usage: "BLOCKLIST" },
        outcome: "useAsExemptList",
    },
    "DefaultExemptIpZone stays active": {
        zone: "DefaultExemptIpZone",
        change: { useAsExemptList: true, status: "INACTIVE" },
        outcome: "status",
    },
    "DefaultEnhancedDynamicZone takes categories": {
        zone: "DefaultEnhancedDynamicZone",
        change: categories,
        outcome: 200,
    },
    "DefaultEnhancedDynamicZone is not turned by a PUT": {
        zone: "DefaultEnhancedDynamicZone",
        change: { status: "ACTIVE" },
        outcome: "status",
    },
};

describe("system zones", () => {
    it("are there from the start, each with system: true and the same hints as others", async () => {
        await using emulator = await startEmulator();
        const { body } = await callerOf(emulator)("GET", "/api/v1/zones");
        const rows = body.map((zone: Record<string, unknown>) => [
            zone.name,
            zone.type,
            zone.usage,
            zone.status,
            zone.system,
            zone.gateways,
        ]);
        assert.deepEqual(rows, [
            ["BlockedIpZone", "IP", "BLOCKLIST", "ACTIVE", true, null],
            ["DefaultEnhancedDynamicZone", "DYNAMIC_V2", "BLOCKLIST", "INACTIVE", true, undefined],
            ["DefaultExemptIpZone", "IP", "POLICY", "ACTIVE", true, null],
            ["LegacyIpZone", "IP", "POLICY", "ACTIVE", true, null],
        ]);
        assert.deepEqual(body[0]._links.self.hints.allow, ["GET", "PUT", "DELETE"]);
    });

    for (const [title, { zone: name, change, outcome }] of Object.entries(ROWS)) {
        it(title, async () => {
            await using emulator = await startEmulator();
            const call = callerOf(emulator);
            const { id, type, usage } =
                [...emulator.org.zones.values()].find((zone) => zone.name === name) ?? assert.fail();
            const content =
                type === "IP"
                    ? { gateways: [{ type: "CIDR", value: "1.2.3.4/32" }] }
                    : { ipServiceCategories: { include: ["ALL_ANONYMIZERS"] } };
            const { status, body } = await call("PUT", `/api/v1/zones/${id}`, {
                type,
                name,
                usage,
                ...content,
                ...change,
            });
            assert.equal(
                status === 200 ? 200 : body.errorSummary,
                outcome === 200 ? 200 : `Api validation failed: ${outcome}`,
            );
        });
    }

    it("DefaultExemptIpZone refuses in Okta's words, and only the answer to a PUT has its two marks", async () => {
        await using emulator = await startEmulator({ seed: { zones: [{ id: "nzo1", name: "DefaultExemptIpZone" }] } });
        const call = callerOf(emulator);
        const body = zoneBody("DefaultExemptIpZone", "1.2.3.4/32");
        const refused = await call("PUT", "/api/v1/zones/nzo1", body);
        assert.deepEqual(refused.body.errorCauses, [
            { errorSummary: "useAsExemptList: The network zone does not allow usage changes for DefaultExemptIpZone." },
        ]);
        const put = await call("PUT", "/api/v1/zones/nzo1", { ...body, useAsExemptList: true });
        assert.deepEqual([put.body.useAsBlackList, put.body.useAsExemptList], [false, true]);
        const got = await call("GET", "/api/v1/zones/nzo1");
        assert.deepEqual(["useAsBlackList" in got.body, "useAsExemptList" in got.body], [false, false]);
        assert.equal((await call("POST", "/api/v1/zones/nzo1/lifecycle/deactivate")).status, 400);
        assert.equal((await call("POST", "/api/v1/zones/nzo1/lifecycle/activate")).status, 400);
    });

    it("DefaultEnhancedDynamicZone is inactive until its lifecycle, or a seed, says otherwise", async () => {
        await using emulator = await startEmulator();
        const call = callerOf(emulator);
        const find = (name: string) => [...emulator.org.zones.values()].find((zone) => zone.name === name);
        const { id, status } = find("DefaultEnhancedDynamicZone") ?? assert.fail();
        assert.equal(status, "INACTIVE");
        await call("POST", `/api/v1/zones/${id}/lifecycle/activate`);
        assert.equal((await call("GET", `/api/v1/zones/${id}`)).body.status, "ACTIVE");
        await emulator.reset();
        assert.equal(find("DefaultEnhancedDynamicZone")?.status, "INACTIVE");
        const zones = [
            { name: "DefaultEnhancedDynamicZone", type: "DYNAMIC_V2" as const, status: "ACTIVE" as const },
            { name: "BlockedIpZone", status: "INACTIVE" as const },
        ];
        await using seeded = await startEmulator({ seed: { zones } });
        const { body } = await callerOf(seeded)("GET", "/api/v1/zones");
        assert.deepEqual(
            body.map((zone: { name: string; status: string }) => [zone.name, zone.status]),
            [
                ["BlockedIpZone", "INACTIVE"],
                ["DefaultEnhancedDynamicZone", "ACTIVE"],
                ["DefaultExemptIpZone", "ACTIVE"],
                ["LegacyIpZone", "ACTIVE"],
            ],
        );
    });

    it("cannot be deleted, active or not", async () => {
        await using emulator = await startEmulator();
        const call = callerOf(emulator);
        for (const { id, name } of [...emulator.org.zones.values()]) {
            if (name !== "DefaultExemptIpZone") await call("POST", `/api/v1/zones/${id}/lifecycle/deactivate`);
            assert.equal((await call("DELETE", `/api/v1/zones/${id}`)).status, 400, name);
        }
        assert.equal(emulator.org.zones.size, 4);
    });

    it("LegacyIpZone and DefaultExemptIpZone take 5,000 gateways, and not one more", async () => {
        await using emulator = await startEmulator();
        const call = callerOf(emulator);
        const gateways = (count: number) =>
            Array.from({ length: count }, (_, index) => ({
                type: "CIDR",
                value: `10.${index >> 8}.${index & 255}.0/24`,
            }));
        for (const { id, name } of [...emulator.org.zones.values()].filter(({ name }) => /Legacy|Exempt/.test(name))) {
            const put = (count: number) =>
                call("PUT", `/api/v1/zones/${id}`, {
                    type: "IP",
                    name,
                    useAsExemptList: true,
                    gateways: gateways(count),
                });
            assert.deepEqual([(await put(5000)).status, (await put(5001)).status], [200, 400], name);
        }
    });
});

describe("a zone that something names", () => {
    const gateways = [{ type: "CIDR" as const, value: "1.2.3.0/24" }];
    const zones = [
        { id: "nzo1", name: "one", gateways, status: "INACTIVE" as const },
        { id: "nzo2", name: "two", gateways },
    ];

    it("is not deleted while a rule includes or excludes it, and is when the rule is gone", async () => {
        await using emulator = await startEmulator({ seed: { zones, policies: [{ id: "rst1", name: "P" }] } });
        const call = callerOf(emulator);
        for (const field of ["include", "exclude"]) {
            const conditions = { network: { connection: "ZONE", [field]: ["nzo2", "nzo1"] } };
            const rule = await call("POST", "/api/v1/policies/rst1/rules", {
                name: "R",
                type: "ACCESS_POLICY",
                conditions,
            });
            const { status, body } = await call("DELETE", "/api/v1/zones/nzo1");
            assert.deepEqual([status, body.errorCode], [400, "E0000001"]);
            await call("DELETE", `/api/v1/policies/rst1/rules/${rule.body.id}`);
        }
        assert.equal((await call("DELETE", "/api/v1/zones/nzo1")).status, 204);
    });

    it("is not deleted while an app names it", async () => {
        const settings = { oauthClient: { network: { connection: "ZONE", include: ["nzo1"] } } };
        await using emulator = await startEmulator({ seed: { zones, apps: [{ label: "A", settings }] } });
        assert.equal((await callerOf(emulator)("DELETE", "/api/v1/zones/nzo1")).status, 400);
    });

    it("stays an active IP zone of usage POLICY while it restricts an API token", async () => {
        const network = { connection: "ZONE" as const, include: ["nzo2"] };
        await using emulator = await startEmulator({ seed: { zones, tokens: [{ value: "test-token", network }] } });
        const call = callerOf(emulator);
        const body = zoneBody("two", "1.2.3.0/24");
        assert.equal((await call("POST", "/api/v1/zones/nzo2/lifecycle/deactivate")).status, 400);
        assert.equal((await call("PUT", "/api/v1/zones/nzo2", { ...body, status: "INACTIVE" })).status, 400);
        assert.equal((await call("PUT", "/api/v1/zones/nzo2", { ...body, usage: "BLOCKLIST" })).status, 400);
        assert.equal((await call("PUT", "/api/v1/zones/nzo2", zoneBody("three", "1.2.4.0/24"))).status, 200);
    });
});
