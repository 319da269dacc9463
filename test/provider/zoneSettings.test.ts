import { strict as assert } from "node:assert";
import { runtime } from "@pulumi/pulumi";

import { type Emulator, startEmulator } from "../../emulator/emulator";
import { type KeptSettings, type ZoneSettingsProvider, zoneSettingsProvider } from "../../src/provider/zoneSettings";
import { worldAt } from "./worldAt";

const ID = "nzoSettings000000001";
const cidr = (value: string) => ({ type: "CIDR" as const, value });
const SETTINGS: KeptSettings = {
    zoneId: ID,
    name: "Staff",
    usage: "POLICY",
    status: "ACTIVE",
    proxies: ["10.1.2.3/16"],
    isGuarded: true,
    allow: [],
};

describe("zoneSettingsProvider", () => {
    let okta: Emulator;
    let provider: ZoneSettingsProvider;
    let told: string[];

    beforeEach(async () => {
        const zone = { id: ID, name: "Staff", gateways: [cidr("203.0.113.7/32")], proxies: [cidr("10.1.2.3/16")] };
        okta = await startEmulator({ seed: { zones: [zone] } });
        told = [];
        provider = zoneSettingsProvider(() => worldAt(okta.url, told));
        await provider.configure({ config: { get: () => undefined, require: () => "" } });
    });
    afterEach(() => okta.close());

    const check = (news: Partial<KeptSettings>, olds: Partial<KeptSettings> = {}) =>
        provider.check(olds as KeptSettings, { ...SETTINGS, ...news });
    const asked = () => okta.requests.map(({ method }) => method);
    /** Puts the zone into another state behind everybody's back. */
    async function meanwhile(foreignWrite: object): Promise<void> {
        okta.inject({ on: { path: "/api/v1/zones" }, do: { foreignWrite: { ...foreignWrite }, zoneId: ID } });
        await fetch(`${okta.url}/api/v1/zones`, { headers: { authorization: "SSWS any" } });
    }

    it("takes over a zone that is as it should be with one read and no write", async () => {
        assert.deepEqual(await check({}), { inputs: SETTINGS });
        assert.deepEqual(await provider.create(SETTINGS), { id: ID, outs: SETTINGS });
        assert.deepEqual([asked(), told], [["GET"], []]);
    });

    it("says before what a change means, and makes it with the gateways that are live then", async () => {
        const news = { ...SETTINGS, name: "Crew", proxies: [] };
        await check(news, SETTINGS);
        assert.deepEqual(told, [
            'zone "Staff": the name becomes "Crew", it has no trusted proxies any more; 1 gateway stays inside',
        ]);
        await meanwhile({ gateways: [cidr("203.0.113.7/32"), cidr("198.51.100.9/32")] });
        assert.deepEqual(await provider.update(ID, SETTINGS, news), { outs: news });
        const { name, proxies, gateways } = okta.history.at(-1) ?? assert.fail();
        assert.deepEqual([name, proxies, gateways], ["Crew", [], ["203.0.113.7/32", "198.51.100.9/32"]]);
    });

    it("asks nothing where nothing changes, nor where it does not know yet what does", async () => {
        assert.deepEqual(await check({}, SETTINGS), { inputs: SETTINGS });
        const unknown = { ...SETTINGS, name: runtime.unknownValue };
        assert.deepEqual(await check(unknown, SETTINGS), { inputs: unknown });
        assert.deepEqual(asked(), []);
    });

    it("turns no zone with people in it into a blocklist, unless asked by name", async () => {
        const turn = { usage: "BLOCKLIST", proxies: [] } as const;
        const { failures } = await check(turn, SETTINGS);
        const reason =
            'zone "Staff" becomes a blocklist: 1 gateway that rules let in would be kept out of everything; ' +
            "if that is meant, add blocklist to zonekeeper:allow";
        assert.deepEqual(failures, [{ property: "", reason: `${reason} [ZK002]` }]);
        const allowed = { ...turn, allow: ["blocklist"] };
        assert.equal((await check(allowed, SETTINGS)).failures, undefined);
        await provider.update(ID, SETTINGS, { ...SETTINGS, ...allowed });
        assert.equal(okta.org.zones.get(ID)?.usage, "BLOCKLIST");
    });

    it("refuses a blocklist with proxies", async () => {
        const { failures } = await check({ usage: "BLOCKLIST" });
        const reason = 'zone "Staff": a blocklist has no trusted proxies; take them out';
        assert.deepEqual(failures, [{ property: "", reason: `${reason} [ZK002]` }]);
    });

    it("finds a manual change, and corrects it", async () => {
        await meanwhile({ name: "By hand", status: "INACTIVE", proxies: null });
        const { props, inputs } = await provider.read(ID, SETTINGS);
        const found = { ...SETTINGS, name: "By hand", status: "INACTIVE", proxies: [] };
        assert.deepEqual([props, inputs], [found, found]);
        assert.deepEqual(await provider.diff(ID, found as KeptSettings, SETTINGS), { changes: true });
        await provider.update(ID, found as KeptSettings, SETTINGS);
        const { name, status, proxies } = okta.history.at(-1) ?? assert.fail();
        assert.deepEqual([name, status, proxies], ["Staff", "ACTIVE", ["10.1.2.3/16"]]);
    });

    const SAME: readonly (readonly [what: string, olds: object, changes: boolean])[] = [
        ["the same", SETTINGS, false],
        ["another permission", { ...SETTINGS, allow: ["destroy"] }, true],
        ["another provider", { ...SETTINGS, __provider: "older" }, true],
        ["a state of an older version", { zoneId: ID }, true],
    ];
    for (const [what, olds, changes] of SAME) {
        it(`${changes ? "updates" : "leaves"} ${what}`, async () => {
            assert.deepEqual(await provider.diff(ID, olds as KeptSettings, SETTINGS), { changes });
        });
    }

    it("does not delete a guarded zone that holds grants, and says who would be evicted", async () => {
        const reason =
            'deleting zone "Staff" puts out 1 gateway; if that is meant, add remove-zone to zonekeeper:allow';
        await assert.rejects(provider.delete(ID, SETTINGS), { message: `${reason} [ZK002]`, stack: "" });
        await provider.delete(ID, { ...SETTINGS, allow: ["destroy"] });
        assert.deepEqual(told, ['deleting zone "Staff" puts out 1 gateway']);
        await meanwhile({ gateways: [cidr("192.0.2.0/32")] });
        await provider.delete(ID, SETTINGS);
        assert.deepEqual(told.length, 1);
        assert.equal(asked().includes("PUT"), false);
    });

    it("is gone when its zone is", async () => {
        okta.inject({ on: { path: ID }, times: 3, do: { status: 404 } });
        assert.deepEqual(await provider.read(ID, SETTINGS), {});
        await provider.delete(ID, SETTINGS);
        assert.deepEqual((await check({})).failures, undefined);
    });

    it("says why it cannot write with the stable code, and without a stack", async () => {
        okta.inject({ on: { path: "/zones" }, times: 9, do: { status: 404 } });
        const reason = { message: /^[^\n]* \[ZK201\]$/, stack: "" };
        await assert.rejects(provider.update(ID, SETTINGS, { ...SETTINGS, name: "Crew" }), reason);
        await assert.rejects(provider.create({ ...SETTINGS, name: "Crew" }), reason);
    });

    it("leaves a change that cannot be seen yet to the next run", async () => {
        okta.inject({ on: { method: "PUT" }, times: 3, do: { foreignWrite: { name: "Theirs" } } });
        const news = { ...SETTINGS, name: "Crew" };
        await assert.rejects(provider.update(ID, SETTINGS, news), (error: Error & { properties?: unknown }) => {
            assert.match(error.message, /^after 3 writes, zone "Theirs"/);
            assert.deepEqual(error.properties, news);
            return true;
        });
    });
});
