import { strict as assert } from "node:assert";

import { httpZones } from "../../../src/okta/zones/httpZones";
import { signal, testClient } from "../support/client";
import { serve } from "../support/scriptedServer";

const ZONE = {
    type: "IP",
    id: "nzo1",
    name: "staff",
    status: "ACTIVE",
    usage: "POLICY",
    created: "2026-02-18T08:28:53.000Z",
    lastUpdated: "2026-02-18T08:28:53.000Z",
    system: false,
    gateways: [
        { type: "CIDR", value: "198.51.100.7/24" },
        { type: "RANGE", value: "203.0.113.9-203.0.113.9" },
        { type: "CIDR", value: "2001:db8::/32" },
    ],
    proxies: [{ type: "CIDR", value: "10.0.0.0/8" }],
    somethingNew: { kept: true },
    _links: { self: { href: "https://acme.okta.com/api/v1/zones/nzo1" } },
};

function zonesAt(url: string) {
    return httpZones(testClient(url).http);
}

describe("httpZones", () => {
    it("reads a zone: canonical addresses, those that make no sense as they are, and the whole document", async () => {
        await using okta = await serve({ body: ZONE });
        assert.deepEqual(await zonesAt(okta.url).read("nzo1", signal), {
            id: "nzo1",
            name: "staff",
            usage: "POLICY",
            status: "ACTIVE",
            gateways: ["198.51.100.0/24", "203.0.113.9/32", "2001:db8::/32"],
            proxies: ["10.0.0.0/8"],
            document: ZONE,
        });
        assert.deepEqual(
            okta.asked.map(({ method, path }) => `${method} ${path}`),
            ["GET /api/v1/zones/nzo1"],
        );
    });

    it("takes a zone that says neither for an active one of usage POLICY, as Okta does", async () => {
        const { status: _status, usage: _usage, ...silent } = ZONE;
        await using okta = await serve({ body: silent }, { body: [silent] });
        const { status, usage } = await zonesAt(okta.url).read("nzo1", signal);
        assert.deepEqual([status, usage], ["ACTIVE", "POLICY"]);
        const [listed] = await zonesAt(okta.url).list(signal);
        assert.deepEqual([listed?.status, listed?.usage], ["ACTIVE", "POLICY"]);
    });

    it("reads null, which is Okta's empty list, as none", async () => {
        await using okta = await serve({ body: { ...ZONE, gateways: null, proxies: null } });
        const { gateways, proxies } = await zonesAt(okta.url).read("nzo1", signal);
        assert.deepEqual({ gateways, proxies }, { gateways: [], proxies: [] });
    });

    it("writes the document that was read with other gateways, and leaves out what Okta alone sets", async () => {
        await using okta = await serve({ body: ZONE }, { body: ZONE });
        const zones = zonesAt(okta.url);
        await zones.write(await zones.read("nzo1", signal), ["198.51.100.1/32", "198.51.100.8-198.51.100.10"], signal);
        assert.deepEqual(okta.asked[1]?.body, {
            type: "IP",
            name: "staff",
            status: "ACTIVE",
            usage: "POLICY",
            system: false,
            somethingNew: { kept: true },
            proxies: [{ type: "CIDR", value: "10.0.0.0/8" }],
            gateways: [
                { type: "CIDR", value: "198.51.100.1/32" },
                { type: "RANGE", value: "198.51.100.8-198.51.100.10" },
            ],
        });
        assert.equal(`${okta.asked[1]?.method} ${okta.asked[1]?.path}`, "PUT /api/v1/zones/nzo1");
    });

    it("leaves out proxies where there are none", async () => {
        await using okta = await serve({ body: { ...ZONE, proxies: null } }, { body: ZONE });
        const zones = zonesAt(okta.url);
        await zones.write(await zones.read("nzo1", signal), ["198.51.100.1/32"], signal);
        assert.equal(Object.hasOwn(okta.asked[1]?.body as object, "proxies"), false);
    });

    it("does not ask Okta to write an empty list", async () => {
        await using okta = await serve({ body: ZONE });
        const zones = zonesAt(okta.url);
        const zone = await zones.read("nzo1", signal);
        await assert.rejects(zones.write(zone, [], signal), { code: "bad-range" });
        assert.equal(okta.asked.length, 1);
    });

    it("does not repeat a write whose answer was lost, and says that the outcome is open", async () => {
        await using okta = await serve({ body: ZONE }, { silence: "drop" });
        const zones = zonesAt(okta.url);
        const zone = await zones.read("nzo1", signal);
        await assert.rejects(zones.write(zone, ["198.51.100.1/32"], signal), {
            code: "okta-unreachable",
            message: /^PUT \/api\/v1\/zones\/nzo1: .*; whether Okta has carried it out only reading can tell$/,
        });
        assert.equal(okta.asked.length, 2);
    });

    const unfit: [because: string, zone: object, message: string][] = [
        [
            "a dynamic zone",
            { ...ZONE, type: "DYNAMIC", gateways: undefined },
            'zone nzo1 "staff" is of type DYNAMIC, which has no gateways; use an IP zone of your own (Security > Networks > Add zone > IP zone)',
        ],
        [
            "an enhanced dynamic zone",
            { ...ZONE, type: "DYNAMIC_V2", system: true },
            'zone nzo1 "staff" is of type DYNAMIC_V2, which has no gateways; use an IP zone of your own (Security > Networks > Add zone > IP zone)',
        ],
        [
            "a system zone",
            { ...ZONE, name: "LegacyIpZone", system: true },
            'zone nzo1 "LegacyIpZone" is one of Okta\'s own and cannot hold grants; use an IP zone of your own (Security > Networks > Add zone > IP zone)',
        ],
    ];
    for (const [because, body, message] of unfit) {
        it(`refuses ${because}`, async () => {
            await using okta = await serve({ body });
            await assert.rejects(zonesAt(okta.url).read("nzo1", signal), { code: "zone-unfit", message });
        });
    }

    for (const body of [[], {}, null, "text", { ...ZONE, gateways: [{}] }, { ...ZONE, proxies: 7 }, { id: "nzo1" }]) {
        it(`does not take ${JSON.stringify(body).slice(0, 40)} for a zone`, async () => {
            await using okta = await serve({ body: JSON.stringify(body) });
            await assert.rejects(zonesAt(okta.url).read("nzo1", signal), { code: "okta-unreachable" });
        });
    }

    for (const id of ["", "nzo1/lifecycle/deactivate", "../users/me", "nzo1?x", "Staff zone"]) {
        it(`does not ask for "${id}"`, async () => {
            await using okta = await serve();
            await assert.rejects(zonesAt(okta.url).read(id, signal), { code: "bad-input" });
            assert.deepEqual(okta.asked, []);
        });
    }

    it("lists zones of every type, over all pages", async () => {
        const dynamic = {
            id: "nzo2",
            name: "abroad",
            type: "DYNAMIC",
            status: "INACTIVE",
            usage: "BLOCKLIST",
            asns: [],
        };
        await using okta = await serve(
            ({ path, headers: { host } }) => ({
                body: [ZONE],
                headers: {
                    link: [
                        `<http://${host}${path}>; rel="self"`,
                        `<http://${host}/api/v1/zones?after=a%2Cb>; rel="next"`,
                    ],
                },
            }),
            { body: [{ ...dynamic, system: true }] },
        );
        assert.deepEqual(await zonesAt(okta.url).list(signal), [
            {
                ...{ id: "nzo1", name: "staff", type: "IP", status: "ACTIVE", usage: "POLICY", system: false },
                gateways: ["198.51.100.0/24", "203.0.113.9/32", "2001:db8::/32"],
                proxies: ["10.0.0.0/8"],
            },
            {
                ...{
                    id: "nzo2",
                    name: "abroad",
                    type: "DYNAMIC",
                    status: "INACTIVE",
                    usage: "BLOCKLIST",
                    system: true,
                },
                gateways: [],
                proxies: [],
            },
        ]);
        assert.deepEqual(
            okta.asked.map(({ path }) => path),
            ["/api/v1/zones?limit=200", "/api/v1/zones?after=a%2Cb"],
        );
    });
});
