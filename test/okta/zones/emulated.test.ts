import { strict as assert } from "node:assert";
import { generateKeyPairSync } from "node:crypto";

import { type Emulator, startEmulator } from "../../../emulator/emulator";
import type { Seed } from "../../../emulator/seed";
import type { Credential } from "../../../src/okta/exchange/credential";
import { readOrganization, whoAmI } from "../../../src/okta/org";
import { httpPolicies } from "../../../src/okta/policies";
import { httpZones } from "../../../src/okta/zones/httpZones";
import { NOW, signal, testClient } from "../support/client";
import { type SeedZone, testZoneStore } from "./contract";

const STAFF: SeedZone = { id: "nzo1", name: "Staff", gateways: ["192.0.2.0/32"], proxies: ["10.0.0.0/8"] };

function seedOf(zones: readonly SeedZone[]): NonNullable<Seed["zones"]> {
    const toWire = (value: string) => ({ type: value.includes("/") ? ("CIDR" as const) : ("RANGE" as const), value });
    return zones.map(({ gateways, proxies, ...zone }) => ({
        ...zone,
        ...(gateways ? { gateways: gateways.map(toWire) } : {}),
        ...(proxies ? { proxies: proxies.map(toWire) } : {}),
    }));
}

function paths({ requests }: Emulator): string[] {
    return requests.map(({ method, path, status }) => `${method} ${path} ${status}`);
}

describe("httpZones on the emulator", () => {
    let okta: Emulator;
    afterEach(() => okta.close());

    testZoneStore({
        async open(zones) {
            okta = await startEmulator({ seed: { zones: seedOf(zones) } });
            return httpZones(testClient(okta.url).http);
        },
        async remove(zoneId) {
            const { http } = testClient(okta.url);
            await http.request("POST", `/api/v1/zones/${zoneId}/lifecycle/deactivate`, { signal });
            await http.request("DELETE", `/api/v1/zones/${zoneId}`, { signal });
        },
    });
});

describe("the Okta client on the emulator", () => {
    it("lists zones over several pages, Okta's own among them", async () => {
        const many = Array.from({ length: 450 }, (_, index) => ({
            ...STAFF,
            id: `nzo${index}`,
            name: `Zone ${index}`,
        }));
        await using okta = await startEmulator({ seed: { zones: seedOf(many) } });
        const zones = await httpZones(testClient(okta.url).http).list(signal);
        assert.deepEqual(
            zones
                .filter(({ system }) => !system)
                .map(({ id }) => id)
                .sort(),
            many.map(({ id }) => id).sort(),
        );
        assert.ok(zones.some(({ name, system }) => name === "DefaultEnhancedDynamicZone" && system));
        assert.equal(okta.requests.length, 3);
    });

    it("gets a write through the rate limit, and carries it out once", async () => {
        await using okta = await startEmulator({ now: () => NOW, seed: { zones: seedOf([STAFF]) } });
        okta.inject({ on: { method: "PUT" }, do: { throttle: { resetInSeconds: 12 } } });
        const { http, slept } = testClient(okta.url);
        const zones = httpZones(http);
        await zones.write(await zones.read("nzo1", signal), ["192.0.2.1/32"], signal);
        assert.deepEqual((await zones.read("nzo1", signal)).gateways, ["192.0.2.1/32"]);
        assert.deepEqual(slept, [13_000]);
        assert.deepEqual(paths(okta), [
            "GET /api/v1/zones/nzo1 200",
            "PUT /api/v1/zones/nzo1 429",
            "PUT /api/v1/zones/nzo1 200",
            "GET /api/v1/zones/nzo1 200",
        ]);
    });

    it("leaves a write whose answer was lost to its caller, who finds it carried out", async () => {
        await using okta = await startEmulator({ seed: { zones: seedOf([STAFF]) } });
        okta.inject({ on: { method: "PUT" }, do: { loseResponse: true } });
        const zones = httpZones(testClient(okta.url).http);
        const zone = await zones.read("nzo1", signal);
        await assert.rejects(zones.write(zone, ["192.0.2.1/32"], signal), { code: "okta-unreachable" });
        assert.deepEqual((await zones.read("nzo1", signal)).gateways, ["192.0.2.1/32"]);
    });

    it("reads on after a 503 and a cut connection, but not after a page of HTML", async () => {
        await using okta = await startEmulator({ seed: { zones: seedOf([STAFF]) } });
        okta.inject({ do: { status: 503, body: {} } });
        okta.inject({ do: { drop: true } });
        const zones = httpZones(testClient(okta.url).http);
        assert.equal((await zones.read("nzo1", signal)).name, "Staff");
        okta.inject({ do: { html: true } });
        await assert.rejects(zones.read("nzo1", signal), { code: "okta-unreachable", message: /is not JSON/ });
    });

    it("is refused a token that Okta does not know, and a write that its role does not cover", async () => {
        const tokens = [{ value: "00tHiSiSaSeCrEtToKeN_aNd-LoNg", access: "read-only" as const }];
        await using okta = await startEmulator({ seed: { zones: seedOf([STAFF]), tokens } });
        const zones = httpZones(testClient(okta.url).http);
        const zone = await zones.read("nzo1", signal);
        await assert.rejects(zones.write(zone, ["192.0.2.1/32"], signal), { code: "okta-forbidden" });
        const credential: Credential = { kind: "api-token", apiToken: "00another-token" };
        const stranger = httpZones(testClient(okta.url, { connection: { orgUrl: okta.url, credential } }).http);
        await assert.rejects(stranger.read("nzo1", signal), { code: "okta-unauthorized" });
    });

    it("reads policies, rules, apps, the org and itself", async () => {
        await using okta = await startEmulator();
        const { http } = testClient(okta.url);
        const policies = httpPolicies(http);
        const [policy] = await policies.listPolicies("ACCESS_POLICY", signal);
        assert.ok(policy);
        assert.deepEqual(await policies.readPolicy(policy.id, signal), policy);
        const catchAll = (await policies.listRules(policy.id, signal)).at(-1);
        assert.deepEqual(
            {
                system: catchAll?.system,
                priority: catchAll?.priority,
                access: catchAll?.access,
                network: catchAll?.network,
            },
            {
                system: true,
                priority: 99,
                access: "ALLOW",
                network: { connection: "ANYWHERE", include: [], exclude: [] },
            },
        );
        const [app] = await policies.listApps(signal);
        assert.ok(app);
        assert.match(app.policyId ?? "", /^rst/);
        assert.deepEqual(await policies.readApp(app.id, signal), app);
        assert.equal((await readOrganization(http, signal)).pipeline, "idx");
        assert.match((await whoAmI(http, signal)).id, /^00u/);
    });
});

describe("an OAuth app on the emulator", () => {
    for (const isDpopBound of [true, false]) {
        it(`reads and writes with a ${isDpopBound ? "bound" : "bearer"} token`, async () => {
            const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
            const { crv, x, y } = publicKey.export({ format: "jwk" });
            const keys = [{ kty: "EC" as const, crv, x, y, kid: "kid1" }];
            const scopes = ["okta.networkZones.read", "okta.networkZones.manage"];
            const oauthClients = [{ clientId: "0oa1", keys, scopes, isDpopBound }];
            await using okta = await startEmulator({ now: () => NOW, seed: { zones: seedOf([STAFF]), oauthClients } });
            const credential: Credential = {
                kind: "private-key",
                clientId: "0oa1",
                privateKey: privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
                privateKeyId: "kid1",
                scopes,
            };
            const zones = httpZones(testClient(okta.url, { connection: { orgUrl: okta.url, credential } }).http);
            await zones.write(await zones.read("nzo1", signal), ["192.0.2.1/32"], signal);
            assert.deepEqual((await zones.read("nzo1", signal)).gateways, ["192.0.2.1/32"]);
        });
    }
});
