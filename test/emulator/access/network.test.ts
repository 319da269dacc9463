import { strict as assert } from "node:assert";

import { startEmulator } from "../../../emulator/emulator";
import type { Seed } from "../../../emulator/seed";
import { callerOf, zoneBody } from "../caller";
import { jwtOf, newKeys } from "./signing";

const gateways = (...values: readonly string[]) => values.map((value) => ({ type: "CIDR" as const, value }));

const ZONES: Seed["zones"] = [
    { id: "nzo1", name: "Office", gateways: gateways("198.51.100.0/24"), proxies: gateways("192.0.2.1/32") },
    { id: "nzo2", name: "Branch", gateways: gateways("203.0.113.0/25", "2001:db8::/32") },
    { id: "nzo3", name: "Closed", gateways: gateways("100.64.0.0/10"), status: "INACTIVE" },
    { id: "nzo4", name: "Countries", type: "DYNAMIC", locations: [{ country: "AQ" }] },
];

interface Row {
    readonly network: object | undefined;
    readonly from: string;
    readonly isAllowed: boolean;
}

const include = (...ids: readonly string[]) => ({ connection: "ZONE" as const, include: [...ids] });
const exclude = (...ids: readonly string[]) => ({ connection: "ZONE" as const, exclude: [...ids] });

const ROWS: Readonly<Record<string, Row>> = {
    "ANYWHERE, from nowhere in particular": { network: { connection: "ANYWHERE" }, from: "9.9.9.9", isAllowed: true },
    "no restriction": { network: undefined, from: "9.9.9.9", isAllowed: true },
    "include, from inside": { network: include("nzo1"), from: "198.51.100.7", isAllowed: true },
    "include, from outside": { network: include("nzo1"), from: "203.0.113.7", isAllowed: false },
    "include of two, from the second": { network: include("nzo1", "nzo2"), from: "203.0.113.7", isAllowed: true },
    "include of two, from neither": { network: include("nzo1", "nzo2"), from: "203.0.113.200", isAllowed: false },
    "include, through the zone's proxy": { network: include("nzo1"), from: "198.51.100.7, 192.0.2.1", isAllowed: true },
    "include, through a proxy of nobody": {
        network: include("nzo1"),
        from: "198.51.100.7, 192.0.2.2",
        isAllowed: false,
    },
    "include, from the proxy alone": { network: include("nzo1"), from: "192.0.2.1", isAllowed: false },
    "include, with an address claimed behind a gateway": {
        network: include("nzo1"),
        from: "9.9.9.9, 198.51.100.7",
        isAllowed: true,
    },
    "include, from the sixth address": {
        network: include("nzo1"),
        from: `198.51.100.7${", 192.0.2.1".repeat(5)}`,
        isAllowed: false,
    },
    "include of an IPv6 range, from inside": { network: include("nzo2"), from: "2001:db8::7", isAllowed: true },
    "include of an IPv4 zone, over IPv6": { network: include("nzo1"), from: "2001:db8::7", isAllowed: false },
    "include of an inactive zone": { network: include("nzo3"), from: "100.64.0.1", isAllowed: false },
    "include of a dynamic zone": { network: include("nzo4"), from: "9.9.9.9", isAllowed: false },
    "include of a zone that is gone": { network: include("nzo9"), from: "198.51.100.7", isAllowed: false },
    "include of nothing": { network: { connection: "ZONE" as const, include: [] }, from: "9.9.9.9", isAllowed: false },
    "exclude, from inside": { network: exclude("nzo1"), from: "198.51.100.7", isAllowed: false },
    "exclude, from outside": { network: exclude("nzo1"), from: "203.0.113.7", isAllowed: true },
    "exclude of two, from the second": { network: exclude("nzo1", "nzo2"), from: "203.0.113.7", isAllowed: false },
    "include ALL_ZONES, from one": { network: include("ALL_ZONES"), from: "203.0.113.7", isAllowed: true },
    "include ALL_ZONES, from none": { network: include("ALL_ZONES"), from: "9.9.9.9", isAllowed: false },
    "include ALL_ZONES, from an inactive one": { network: include("ALL_ZONES"), from: "100.64.0.1", isAllowed: false },
    "exclude ALL_ZONES, from one": { network: exclude("ALL_ZONES"), from: "203.0.113.7", isAllowed: false },
    "exclude ALL_ZONES, from none": { network: exclude("ALL_ZONES"), from: "9.9.9.9", isAllowed: true },
    "include ALL_IP_ZONES, from one": { network: include("ALL_IP_ZONES"), from: "198.51.100.7", isAllowed: true },
    "exclude ALL_IP_ZONES, from one": { network: exclude("ALL_IP_ZONES"), from: "198.51.100.7", isAllowed: false },
};

const KEYS = newKeys("ES256");
const SCOPES = ["okta.networkZones.read"];

describe("a restriction to zones", () => {
    for (const [title, { network, from, isAllowed }] of Object.entries(ROWS)) {
        const seed: Seed = {
            zones: ZONES,
            tokens: [{ value: "bound", ...(network !== undefined && { network: network as never }) }],
            oauthClients: [
                {
                    clientId: "0oa1",
                    keys: [KEYS.jwk],
                    scopes: SCOPES,
                    ...(network !== undefined && { network: network as never }),
                },
            ],
            accessTokens: [
                { value: "issued", clientId: "0oa1", scopes: SCOPES },
                { value: "free", scopes: SCOPES },
            ],
        };
        const answer = isAllowed ? "carried out" : "403";

        it(`of an API token: ${title}: ${answer}`, async () => {
            await using emulator = await startEmulator({ seed });
            const headers = { authorization: "SSWS bound", "x-emulator-client-ip": from };
            const { status, body } = await callerOf(emulator, headers)("GET", "/api/v1/zones/nzo1");
            assert.deepEqual([status, body.errorCode], isAllowed ? [200, undefined] : [403, "E0000006"]);
            const refused = emulator.org.events.map(({ eventType }) => eventType);
            assert.deepEqual(refused, isAllowed ? [] : ["system.api_token.request_outside_allowed_range"]);
        });

        it(`of an OAuth app: ${title}: ${answer}, token requests and calls with a token alike`, async () => {
            await using emulator = await startEmulator({ seed });
            const from_ = { "x-emulator-client-ip": from };
            const aud = `${emulator.url}/oauth2/v1/token`;
            const claims = { iss: "0oa1", sub: "0oa1", aud, exp: Math.floor(Date.now() / 1000) + 300 };
            const response = await fetch(aud, {
                method: "POST",
                headers: from_,
                body: new URLSearchParams({
                    grant_type: "client_credentials",
                    scope: SCOPES.join(" "),
                    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                    client_assertion: jwtOf({}, claims, KEYS),
                }),
            });
            const { error } = (await response.json()) as { error?: string };
            assert.deepEqual([response.status, error], isAllowed ? [200, undefined] : [403, "access_denied"]);
            const used = (token: string) =>
                callerOf(emulator, { authorization: `Bearer ${token}`, ...from_ })("GET", "/api/v1/zones/nzo1");
            const { status, body } = await used("issued");
            assert.deepEqual([status, body.errorCode], isAllowed ? [200, undefined] : [403, "E0000006"]);
            assert.equal((await used("free")).status, 200);
        });
    }

    it("of the app with the client id, in its settings, counts too", async () => {
        const settings = { oauthClient: { network: include("nzo1") } };
        const seed: Seed = {
            zones: ZONES,
            apps: [{ id: "0oa1", label: "Service", signOnMode: "OPENID_CONNECT", settings }],
            accessTokens: [{ value: "issued", clientId: "0oa1", scopes: SCOPES }],
        };
        await using emulator = await startEmulator({ seed });
        const status = async (from: string) =>
            (
                await callerOf(emulator, { authorization: "Bearer issued", "x-emulator-client-ip": from })(
                    "GET",
                    "/api/v1/zones",
                )
            ).status;
        assert.deepEqual([await status("198.51.100.7"), await status("203.0.113.7")], [200, 403]);
    });

    it("locks a token out as soon as its zone changes, and lets it in again", async () => {
        const tokens = [{ value: "bound", network: include("nzo1") }, { value: "free" }];
        await using emulator = await startEmulator({ seed: { zones: ZONES, tokens } });
        const bound = callerOf(emulator, { authorization: "SSWS bound", "x-emulator-client-ip": "198.51.100.7" });
        const free = callerOf(emulator, { authorization: "SSWS free" });
        assert.equal((await bound("PUT", "/api/v1/zones/nzo1", zoneBody("Office", "203.0.113.7/32"))).status, 200);
        assert.equal((await bound("GET", "/api/v1/zones")).status, 403);
        assert.equal((await free("PUT", "/api/v1/zones/nzo1", zoneBody("Office", "198.51.100.0/24"))).status, 200);
        assert.equal((await bound("GET", "/api/v1/zones")).status, 200);
    });

    it("does not renew a token that was refused", async () => {
        const clock = { ms: 0 };
        const tokens = [{ id: "00T1", value: "bound", network: include("nzo1") }, { value: "free" }];
        await using emulator = await startEmulator({ now: () => clock.ms, seed: { zones: ZONES, tokens } });
        clock.ms = 60_000;
        await callerOf(emulator, { authorization: "SSWS bound" })("GET", "/api/v1/zones");
        assert.equal(emulator.org.tokens.get("00T1")?.document.lastUpdated, "1970-01-01T00:00:00.000Z");
    });

    it("is set by PUT /api/v1/api-tokens/ID, which refuses zones that there are not", async () => {
        const tokens = [{ id: "00T1", name: "sync", value: "bound" }];
        await using emulator = await startEmulator({ seed: { zones: ZONES, tokens } });
        const call = callerOf(emulator, { authorization: "SSWS bound", "x-emulator-client-ip": "198.51.100.7" });
        const put = (network: object) => call("PUT", "/api/v1/api-tokens/00T1", { name: "sync", network });
        for (const network of [
            include("nzo9"),
            include("nzo4"),
            { connection: "ZONE" },
            { connection: "NEAR" },
            { connection: "ZONE", include: ["nzo1"], exclude: ["nzo2"] },
        ]) {
            assert.equal((await put(network)).status, 400, JSON.stringify(network));
        }
        assert.deepEqual((await put(include("nzo1"))).body.network, include("nzo1"));
        assert.deepEqual((await call("GET", "/api/v1/api-tokens/00T1")).body.network, include("nzo1"));
        emulator.setClientAddress("9.9.9.9");
        const outside = callerOf(emulator, { authorization: "SSWS bound" });
        assert.equal((await outside("GET", "/api/v1/zones")).status, 403);
    });

    it("keeps a zone that restricts an app from being deleted", async () => {
        const oauthClients = [{ clientId: "0oa1", keys: [KEYS.jwk], network: include("nzo3") }];
        await using emulator = await startEmulator({ seed: { zones: ZONES, oauthClients } });
        const { status, body } = await callerOf(emulator)("DELETE", "/api/v1/zones/nzo3");
        assert.deepEqual([status, body.errorCauses.length], [400, 1]);
    });
});

describe("the address of a client", () => {
    const seed: Seed = {
        zones: [...(ZONES ?? []), { id: "nzo5", name: "Here", gateways: gateways("127.0.0.1/32") }],
        tokens: [
            { value: "here", network: include("nzo5") },
            { value: "office", network: include("nzo1") },
        ],
    };
    const OFFICE = "198.51.100.7";

    it("is that of its connection, unless a header or the control says another; the header wins", async () => {
        await using emulator = await startEmulator({ seed });
        const status = async (token: string, headers = {}) =>
            (await callerOf(emulator, { authorization: `SSWS ${token}`, ...headers })("GET", "/api/v1/zones")).status;
        const control = (method: string, body?: string) =>
            fetch(`${emulator.url}/emulator/client`, { method, ...(body !== undefined && { body }) });
        assert.deepEqual([await status("here"), await status("office")], [200, 403]);
        assert.equal(await status("office", { "x-emulator-client-ip": OFFICE }), 200);
        assert.equal((await control("PUT", `{"ipChain":["${OFFICE}"]}`)).status, 204);
        assert.deepEqual([await status("here"), await status("office")], [403, 200]);
        assert.equal(await status("here", { "x-emulator-client-ip": "127.0.0.1" }), 200);
        assert.equal((await control("DELETE")).status, 204);
        assert.deepEqual([await status("here"), await status("office")], [200, 403]);
        emulator.setClientAddress(OFFICE, "192.0.2.1");
        assert.equal(await status("office"), 200);
        emulator.setClientAddress();
        assert.equal(await status("office"), 403);
        emulator.setClientAddress(OFFICE);
        emulator.reset();
        assert.equal(await status("office"), 403);
    });

    it("is taken from X-Forwarded-For only behind a proxy of the zone", async () => {
        await using emulator = await startEmulator({ seed });
        const call = callerOf(emulator, { authorization: "SSWS office", "x-forwarded-for": OFFICE });
        assert.equal((await call("GET", "/api/v1/zones")).status, 403);
        const proxies = gateways("127.0.0.1/32");
        const zones = [{ id: "nzo1", name: "Office", gateways: gateways("198.51.100.0/24"), proxies }];
        await using trusting = await startEmulator({ seed: { zones, tokens: seed.tokens?.slice(1) ?? [] } });
        const behind = callerOf(trusting, { authorization: "SSWS office", "x-forwarded-for": OFFICE });
        assert.equal((await behind("GET", "/api/v1/zones")).status, 200);
    });

    for (const [title, body, message] of [
        ["no JSON", "{", "the client is not JSON"],
        ["no address", '{"ipChain":["nowhere"]}', "the client is not usable: ipChain.0: is not an IP address"],
        ["an empty chain", '{"ipChain":[]}', "the client is not usable: ipChain: "],
        ["another field", '{"ip":"1.2.3.4"}', "the client is not usable: "],
    ] as const) {
        it(`refuses ${title} with a sentence`, async () => {
            await using emulator = await startEmulator();
            const response = await fetch(`${emulator.url}/emulator/client`, { method: "PUT", body });
            const { error } = (await response.json()) as { error: string };
            assert.deepEqual([response.status, error.startsWith(message)], [400, true], error);
        });
    }
});
