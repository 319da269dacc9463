import { strict as assert } from "node:assert";

import {
    findSystemZone,
    inOrder,
    parseSystemZone,
    RULES,
    type SystemZoneArgs,
} from "../../../src/core/settings/systemZones";

const singles = (count: number) => Array.from({ length: count }, (_, index) => `10.${index >> 8}.${index & 255}.1`);

describe("parseSystemZone", () => {
    it("gives addresses one form, sorted, each once", () => {
        const args: SystemZoneArgs = {
            kind: "LegacyIpZone",
            name: "Office",
            gateways: [" 203.0.113.7", "10.0.0.0-10.0.0.255", "203.0.113.7/32", "10.0.0.9"],
            proxies: [],
        };
        const gateways = ["10.0.0.0/24", "203.0.113.7/32"];
        assert.deepEqual(parseSystemZone(args), { ...args, gateways, proxies: [] });
    });

    for (const [kind, { limit }] of Object.entries(RULES)) {
        it(`takes ${limit} entries of ${kind}, and not one more`, () => {
            const args = (count: number) => ({ kind, gateways: singles(count) }) as SystemZoneArgs;
            assert.equal(parseSystemZone(args(limit)).gateways.length, limit);
            const message = `${kind}: gateways: ${limit + 1} entries, and Okta takes ${limit}; merge some into CIDRs`;
            assert.throws(() => parseSystemZone(args(limit + 1)), { code: "bad-input", message });
        });
    }

    const REFUSED: readonly (readonly [args: SystemZoneArgs, message: string])[] = [
        [{ kind: "BlockedIpZone", gateways: [], name: "x" }, "BlockedIpZone: its name cannot be changed"],
        [{ kind: "DefaultExemptIpZone", gateways: [], proxies: [] }, "DefaultExemptIpZone: it has no trusted proxies"],
        [
            { kind: "BlockedIpZone", gateways: ["198.51.100.7/24"] },
            'BlockedIpZone: gateways: "198.51.100.7/24" has host bits; write 198.51.100.0/24 or 198.51.100.7/32',
        ],
        [
            { kind: "LegacyIpZone", gateways: [], proxies: ["0.0.0.0/0"] },
            "LegacyIpZone: trusted proxy 0.0.0.0/0 lets everybody claim any address",
        ],
        [
            { kind: "DefaultExemptIpZone", gateways: ["0.0.0.0/0"] },
            "DefaultExemptIpZone: gateway 0.0.0.0/0 admits everybody",
        ],
        [
            { kind: "BlockedIpZone", gateways: ["0.0.0.0/1", "128.0.0.0/1"] },
            "BlockedIpZone: its gateway list as a whole shuts out everybody",
        ],
    ];
    for (const [args, message] of REFUSED) {
        it(`refuses: ${message}`, () => assert.throws(() => parseSystemZone(args), { code: "bad-input", message }));
    }
});

describe("inOrder", () => {
    it("sorts what can be read, and leaves the rest as it is at the end", () => {
        const live = ["2001:db8::/32", "203.0.113.7-203.0.113.7", "10.1.2.3/16"];
        assert.deepEqual(inOrder(live), ["10.1.0.0/16", "203.0.113.7/32", "2001:db8::/32"]);
    });
});

describe("findSystemZone", () => {
    const zone = (name: string, usage: "POLICY" | "BLOCKLIST" = "POLICY", isSystem = true) => ({
        id: `nzo ${name}`,
        name,
        usage,
        isSystem,
    });
    const ALL = [
        zone("Staff", "POLICY", false),
        zone("BlockedIpZone", "BLOCKLIST"),
        zone("Others", "BLOCKLIST", false),
        zone("DefaultExemptIpZone"),
        zone("Head office"),
    ];

    for (const [kind, name] of [
        ["BlockedIpZone", "BlockedIpZone"],
        ["DefaultExemptIpZone", "DefaultExemptIpZone"],
        ["LegacyIpZone", "Head office"],
    ] as const) {
        it(`finds ${kind}, also under another name`, () => assert.equal(findSystemZone(kind, ALL).name, name));
    }

    it("says that it does not exist, or is ambiguous", () => {
        const message = "the org has no zone where LegacyIpZone should be; no zone of its kind is ever made";
        assert.throws(() => findSystemZone("LegacyIpZone", ALL.slice(0, 4)), { code: "zone-missing", message });
        assert.throws(() => findSystemZone("LegacyIpZone", [...ALL, zone("Another")]), {
            code: "zone-missing",
            message: /^the org has "Head office", "Another" where LegacyIpZone should be/,
        });
    });
});
