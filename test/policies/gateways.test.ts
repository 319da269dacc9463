import { strict as assert } from "node:assert";

import { gatewayTooWide, liveGatewayTooWide } from "../../policies/gateways";
import { MEMBERSHIP, SYSTEM_ZONE, ZONE, ZONE_SETTINGS } from "../../policies/types";
import { type Candidate, stackViolations, UNKNOWN, violations } from "./support";

const WIDE = "gateway 10.0.0.0/8 holds 16777216 addresses; one may hold 65536, as a /16 does";

/** A membership whose zones are about to have these entries. */
function membershipOf(...zones: string[][]): Candidate {
    const zone = (ranges: string[]) => Object.fromEntries(ranges.map((range) => [range, { "g-1": "never" }]));
    const entries = Object.fromEntries(zones.map((ranges, index) => [`nzo${index + 1}`, zone(ranges)]));
    return { type: MEMBERSHIP, props: { entries } };
}

describe("gateway-too-wide", () => {
    const table: [because: string, candidate: Candidate, says: string[]][] = [
        ["a zone is narrow", { type: ZONE, props: { gateways: ["203.0.113.0/24"] } }, []],
        ["a zone is wide", { type: ZONE, props: { gateways: ["10.0.0.0/8"] } }, [WIDE]],
        [
            "a zone's proxy is wide",
            { type: ZONE, props: { gateways: ["203.0.113.1"], proxies: ["0.0.0.0/0"] }, ignoreChanges: ["gateways"] },
            ["trusted proxy 0.0.0.0/0 lets everybody claim any address"],
        ],
        [
            "the proxy that a zone is to have is wide",
            { type: ZONE_SETTINGS, props: { name: "Staff", proxies: ["0.0.0.0/0"] } },
            ["trusted proxy 0.0.0.0/0 lets everybody claim any address"],
        ],
        [
            "the proxy that a zone had is wide, and its settings have another",
            { type: ZONE, props: { proxies: ["0.0.0.0/0"] }, ignoreChanges: ["gateways", "proxies"] },
            [],
        ],
        [
            "the exempt zone is wide",
            { type: SYSTEM_ZONE, props: { kind: "DefaultExemptIpZone", gateways: ["10.0.0.0/8"] } },
            [WIDE],
        ],
        [
            "the default blocklist is wide",
            { type: SYSTEM_ZONE, props: { kind: "BlockedIpZone", gateways: ["10.0.0.0/8"] } },
            [],
        ],
        ["a blocklist is wide", { type: ZONE, props: { usage: "BLOCKLIST", gateways: ["10.0.0.0/8"] } }, []],
        [
            "a zone shows live gateways",
            { type: ZONE, props: { gateways: ["10.0.0.0/8"] }, ignoreChanges: ["gateways"] },
            [],
        ],
        ["a membership is narrow", membershipOf(["203.0.113.7/32"], ["192.0.2.0/32"]), []],
        ["a membership is wide in a shard", membershipOf(["203.0.113.7/32"], ["10.0.0.0/8"]), [WIDE]],
        ["a membership admits the world", membershipOf(["0.0.0.0/0"]), ["gateway 0.0.0.0/0 admits everybody"]],
        [
            "an entry cannot be read",
            membershipOf(["203.0.113.300"]),
            ['gateway "203.0.113.300" is not an IPv4 address, CIDR or range'],
        ],
        ["nothing is known yet", { type: MEMBERSHIP, props: { entries: UNKNOWN, zoneIds: UNKNOWN } }, []],
        [
            "one zone of a membership is known",
            { type: MEMBERSHIP, props: { entries: { nzo1: UNKNOWN, nzo2: { "10.0.0.0/8": UNKNOWN } } } },
            [WIDE],
        ],
        ["a membership has no entries yet", { type: MEMBERSHIP, props: {} }, []],
        ["a part is known", { type: ZONE, props: { gateways: [UNKNOWN, "10.0.0.0/8"], proxies: UNKNOWN } }, [WIDE]],
        ["Okta left the list out", { type: ZONE, props: { gateways: null } }, []],
        ["something else has gateways", { type: "other:index:Thing", props: { gateways: ["0.0.0.0/0"] } }, []],
    ];
    for (const [because, candidate, says] of table) {
        it(`finds ${says.length} where ${because}`, async () => {
            assert.deepEqual(await violations(gatewayTooWide, candidate), says);
        });
    }

    it("is as narrow as it is set", async () => {
        const candidate = membershipOf(["203.0.113.0/29", "203.0.113.8/30"]);
        assert.deepEqual(await violations(gatewayTooWide, candidate, { widestPrefix: 30 }), [
            "gateway 203.0.113.0/29 holds 8 addresses; one may hold 4, as a /30 does",
        ]);
    });
});

describe("live-gateway-too-wide", () => {
    const zone = (props: object, more: Partial<Candidate> = {}): Candidate => ({
        type: ZONE,
        props: { id: "nzo1", gateways: ["10.0.0.0/8"], ...props },
        ignoreChanges: ["gateways"],
        ...more,
    });
    const membership = { type: MEMBERSHIP, name: "kept", props: { zoneIds: ["nzo1"] }, from: { zoneIds: ["staff"] } };

    const table: [because: string, stack: Candidate[], says: string[]][] = [
        ["an agent's zone is wide", [zone({})], [`staff: ${WIDE}`]],
        ["an agent's zone is narrow", [zone({ gateways: ["203.0.113.7"] })], []],
        ["an agent's blocklist is wide", [zone({ usage: "BLOCKLIST" })], []],
        ["it is a dynamic zone", [zone({ type: "DYNAMIC" })], []],
        ["the program keeps it, which the other policy judges", [zone({}, { ignoreChanges: [] })], []],
        ["a membership is about to put it right", [zone({}), membership], []],
        ["a membership is about to, but it is not there yet", [zone({ id: UNKNOWN }), membership], [`staff: ${WIDE}`]],
        ["a membership keeps another zone", [zone({ id: "nzo2" }), { ...membership, from: {} }], [`staff: ${WIDE}`]],
    ];
    for (const [because, stack, says] of table) {
        it(`finds ${says.length} where ${because}`, async () => {
            assert.deepEqual(await stackViolations(liveGatewayTooWide, stack), says);
        });
    }

    it("is as narrow as it is set", async () => {
        const stack = [zone({ gateways: ["203.0.113.0/24"] })];
        assert.deepEqual(await stackViolations(liveGatewayTooWide, stack, { widestPrefix: 25 }), [
            "staff: gateway 203.0.113.0/24 holds 256 addresses; one may hold 128, as a /25 does",
        ]);
    });
});
