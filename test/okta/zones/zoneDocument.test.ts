import { strict as assert } from "node:assert";

import { readZoneDocument } from "../../../src/okta/zones/zoneDocument";

const FROM = "zone file staff.json";
const cidr = (value: string) => ({ type: "CIDR", value });
const range = (value: string) => ({ type: "RANGE", value });
const STAFF = {
    type: "IP",
    id: "nzo1",
    name: "Staff",
    status: "ACTIVE",
    usage: "POLICY",
    system: false,
    gateways: [
        range("203.0.113.7-203.0.113.7"),
        cidr("198.51.100.7/24"),
        range("1.1.1.1-1.1.1.3"),
        cidr("2001:db8::/32"),
    ],
    proxies: [range("192.0.2.1")],
};
const READ = {
    id: "nzo1",
    name: "Staff",
    status: "ACTIVE",
    usage: "POLICY",
    gateways: ["203.0.113.7/32", "198.51.100.7/24", "1.1.1.1-1.1.1.3", "2001:db8::/32"],
    proxies: ["192.0.2.1/32"],
    isSystem: false,
    isExempt: false,
};
const DYNAMIC = { type: "DYNAMIC", id: "nzo2", name: "Abroad" };
const EMPTY = { ...READ, gateways: [], proxies: [] };

describe("readZoneDocument", () => {
    it("reads a zone, with its entries as Okta has them but for single addresses", () => {
        assert.deepEqual(readZoneDocument(STAFF, FROM), { zones: [READ], leftOut: [] });
    });

    const good: [what: string, document: unknown, zone: object][] = [
        ["null for empty lists", { ...STAFF, gateways: null, proxies: null }, EMPTY],
        ["no more than a type", { type: "IP" }, { ...EMPTY, id: FROM, name: FROM }],
        ["no more than a list", { name: "Mine", proxies: [] }, { ...EMPTY, id: "Mine", name: "Mine" }],
        ["a name of several lines", { type: "IP", name: " a\n b " }, { ...EMPTY, id: "a b", name: "a b" }],
        ["a blocklist", { ...STAFF, usage: "BLOCKLIST" }, { ...READ, usage: "BLOCKLIST" }],
        ["an inactive zone", { ...STAFF, status: "INACTIVE" }, { ...READ, status: "INACTIVE" }],
        [
            "Okta's exempt zone",
            { ...STAFF, name: "DefaultExemptIpZone", system: true },
            { ...READ, name: "DefaultExemptIpZone", isSystem: true, isExempt: true },
        ],
        [
            "Okta's exempt zone as a PUT answers",
            { ...STAFF, useAsExemptList: true, useAsBlackList: false },
            { ...READ, isExempt: true },
        ],
        [
            "somebody's zone of the same name",
            { ...STAFF, name: "DefaultExemptIpZone" },
            { ...READ, name: "DefaultExemptIpZone" },
        ],
    ];
    for (const [what, document, zone] of good) {
        it(`takes ${what}`, () => assert.deepEqual(readZoneDocument(document, FROM).zones, [zone]));
    }

    it("reads a list, and names the zones that are not of type IP", () => {
        const { zones, leftOut } = readZoneDocument([DYNAMIC, STAFF], FROM);
        assert.deepEqual(zones, [READ]);
        const why = "it matches by location, network or service, which an IP chain does not show";
        assert.deepEqual(leftOut, [`${FROM}, zone 1: the zone "Abroad" is of type DYNAMIC: ${why}`]);
    });

    const wrong = `${FROM}: this is not a zone of Okta's:`;
    const bad: [what: string, document: unknown, message: string][] = [
        [
            "a dynamic zone",
            { ...DYNAMIC, type: "DYNAMIC_V2" },
            `${FROM}: the zone "Abroad" is of type DYNAMIC_V2: it matches by location, network or service, which an IP chain does not show`,
        ],
        [
            "a list of dynamic zones",
            [DYNAMIC],
            `${FROM}, zone 1: the zone "Abroad" is of type DYNAMIC: it matches by location, network or service, which an IP chain does not show`,
        ],
        ["an empty list", [], `${FROM}: the list has no zone in it`],
        ["a text", "zone", `${wrong} it has no "type", and neither "gateways" nor "proxies"`],
        ["another object", { id: "x", name: "y" }, `${wrong} it has no "type", and neither "gateways" nor "proxies"`],
        ["an object of another type", { type: "ACCESS_POLICY" }, `${wrong} "type" is "ACCESS_POLICY", not "IP"`],
        [
            "a list in a list",
            [[STAFF]],
            `${FROM}, zone 1: this is not a zone of Okta's: it has no "type", and neither "gateways" nor "proxies"`,
        ],
        [
            "another status",
            { ...STAFF, status: "active" },
            `${wrong} "status" is "active", neither "ACTIVE" nor "INACTIVE"`,
        ],
        ["another usage", { ...STAFF, usage: null }, `${wrong} "usage" is null, neither "POLICY" nor "BLOCKLIST"`],
        [
            "gateways that are no list",
            { ...STAFF, gateways: "1.1.1.1" },
            `${wrong} "gateways" is "1.1.1.1", not a list`,
        ],
        [
            "a gateway that is a text",
            { ...STAFF, gateways: [cidr("1.1.1.1/32"), "1.1.1.1"] },
            `${wrong} gateways[1] is not {"type": "CIDR", "value": "203.0.113.0/24"}`,
        ],
        [
            "a proxy without a value",
            { ...STAFF, proxies: [{ type: "CIDR" }] },
            `${wrong} proxies[0] is not {"type": "CIDR", "value": "203.0.113.0/24"}`,
        ],
    ];
    for (const [what, document, message] of bad) {
        it(`refuses ${what}`, () =>
            assert.throws(() => readZoneDocument(document, FROM), { code: "bad-input", message }));
    }
});
