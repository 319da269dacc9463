import { strict as assert } from "node:assert";

import { startEmulator } from "../../../emulator/emulator";
import type { Seed } from "../../../emulator/seed";
import { httpZones } from "../../../src/okta/zones/httpZones";
import { isSystem } from "../../../src/okta/zones/zoneBody";
import type { ZoneChange } from "../../../src/okta/zones/zones";
import { testClient } from "../support/client";

const signal = new AbortController().signal;
const cidr = (value: string) => ({ type: "CIDR" as const, value });
const STAFF = {
    id: "nzo1",
    name: "Staff",
    gateways: [cidr("203.0.113.7/24"), { type: "RANGE" as const, value: "198.51.100.7-198.51.100.7" }],
    proxies: [cidr("10.1.2.3/16")],
    ours: "unknown to everybody",
};

async function open(zones: NonNullable<Seed["zones"]>) {
    const okta = await startEmulator({ seed: { zones } });
    return { okta, zones: httpZones(testClient(okta.url).http), [Symbol.asyncDispose]: () => okta.close() };
}

describe("httpZones, the settings of zones", () => {
    const BODY = { type: "IP", name: "Staff", status: "ACTIVE", usage: "POLICY", system: false };
    const KEPT = { gateways: STAFF.gateways, proxies: STAFF.proxies, ours: STAFF.ours };
    const CHANGES: readonly (readonly [what: string, change: ZoneChange, body: object])[] = [
        ["nothing", {}, { ...BODY, ...KEPT }],
        ["a name", { name: "Crew" }, { ...BODY, ...KEPT, name: "Crew" }],
        ["proxies", { proxies: ["10.2.0.1"] }, { ...BODY, ...KEPT, proxies: [{ type: "RANGE", value: "10.2.0.1" }] }],
        ["no proxies", { proxies: [] }, { ...BODY, gateways: STAFF.gateways, ours: STAFF.ours }],
        ["gateways", { gateways: ["192.0.2.0/32"] }, { ...BODY, ...KEPT, gateways: [cidr("192.0.2.0/32")] }],
        ["a status", { status: "INACTIVE" }, { ...BODY, ...KEPT, status: "INACTIVE" }],
    ];
    for (const [what, change, body] of CHANGES) {
        it(`sends the zone as it was read, word for word, with the change: ${what}`, async () => {
            await using at = await open([STAFF]);
            await at.zones.change(await at.zones.readAny("nzo1", signal), change, signal);
            assert.deepEqual(at.okta.requests.at(-1)?.body, body);
        });
    }

    it("never leaves a zone of an administrator without gateways", async () => {
        await using at = await open([STAFF]);
        const zone = await at.zones.readAny("nzo1", signal);
        await assert.rejects(at.zones.change(zone, { gateways: [] }, signal), {
            code: "bad-range",
            message: "zone nzo1: a zone is never written without gateways",
        });
    });

    it("leaves Okta's own zones empty where they were", async () => {
        await using at = await open([]);
        const all = (await at.zones.listIp(signal)).filter(isSystem);
        const names = ["BlockedIpZone", "DefaultExemptIpZone", "LegacyIpZone"];
        assert.deepEqual(all.map(({ name }) => name).sort(), names);
        for (const zone of all) {
            await at.zones.change(zone, { gateways: ["203.0.113.7/32"] }, signal);
            const filled = await at.zones.readAny(zone.id, signal);
            assert.deepEqual([filled.name, filled.gateways], [zone.name, ["203.0.113.7/32"]]);
            await at.zones.change(filled, { gateways: [] }, signal);
            assert.deepEqual((await at.zones.readAny(zone.id, signal)).document.gateways, null);
        }
    });

    it("lists zones of type IP only, over several pages", async () => {
        const many = Array.from({ length: 250 }, (_, index) => ({
            ...STAFF,
            id: `nzo${index}`,
            name: `Zone ${index}`,
        }));
        await using at = await open([...many, { name: "Abroad", type: "DYNAMIC" }]);
        const found = await at.zones.listIp(signal);
        assert.deepEqual([found.length, found.every(({ document }) => document.type === "IP")], [253, true]);
    });

    it("refuses a dynamic zone by its name", async () => {
        await using at = await open([{ id: "nzo1", name: "Abroad", type: "DYNAMIC" }]);
        await assert.rejects(at.zones.readAny("nzo1", signal), {
            code: "zone-unfit",
            message: 'zone nzo1 "Abroad" is of type DYNAMIC; name an IP zone',
        });
    });
});
