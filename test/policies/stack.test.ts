import { strict as assert } from "node:assert";

import { blocklistShutsOutOwn } from "../../policies/blocklists";
import { ruleZoneUnkept } from "../../policies/ruleZones";
import { AUTHENTICATION_RULE, AUTHENTICATION_RULES, MEMBERSHIP, SYSTEM_ZONE, ZONE } from "../../policies/types";
import { type Candidate, stackViolations, UNKNOWN } from "./support";

const zone = (props: object, more: Partial<Candidate> = {}): Candidate => ({
    type: ZONE,
    props: { id: "nzo1", name: "Staff", gateways: ["192.0.2.0/32"], ...props },
    ignoreChanges: ["gateways"],
    ...more,
});

describe("rule-zone-unkept", () => {
    const empty = "staff: a rule lets in by this zone, which has no gateway: give it the sentinel 192.0.2.0/32";
    const written =
        'staff: a rule lets in by this zone, and an update of it would evict who holds a grant: add ignoreChanges: ["gateways"]';
    const rule = (props: object = {}, more: Partial<Candidate> = {}): Candidate => ({
        type: AUTHENTICATION_RULE,
        name: "rule",
        props: { name: "In zone", networkConnection: "ZONE", networkIncludes: UNKNOWN, ...props },
        from: { networkIncludes: ["staff"] },
        ...more,
    });
    const membership = { type: MEMBERSHIP, name: "kept", props: { zoneIds: ["nzo1"] }, from: { zoneIds: ["staff"] } };
    const byId = { networkIncludes: ["nzo1"] };

    const table: [because: string, stack: Candidate[], says: string[]][] = [
        ["it is as it should be", [zone({}), rule()], []],
        ["it is empty", [zone({ gateways: [] }), rule()], [empty]],
        ["Okta calls it empty", [zone({ gateways: null }), rule()], [empty]],
        ["its gateways are not known yet", [zone({ gateways: UNKNOWN }), rule()], []],
        ["it is empty, and a membership is about to fill it", [zone({ gateways: [] }), membership, rule()], []],
        ["it is made empty", [zone({ id: UNKNOWN, gateways: [] }), membership, rule()], [empty]],
        ["the program writes its gateways", [zone({}, { ignoreChanges: ["name"] }), rule()], [written]],
        ["the rule names it by its id", [zone({}, { ignoreChanges: [] }), rule(byId, { from: {} })], [written]],
        ["the rule names another", [zone({}, { ignoreChanges: [] }), rule({}, { from: {} })], []],
        ["the rule denies", [zone({}, { ignoreChanges: [] }), rule({ access: "DENY" })], []],
        [
            "the rule leaves it out",
            [zone({}, { ignoreChanges: [] }), rule({}, { from: { networkExcludes: ["staff"] } })],
            [],
        ],
        [
            "it is one of several rules",
            [
                zone({}, { ignoreChanges: [] }),
                rule({ rules: [{ name: "In zone", ...byId }] }, { type: AUTHENTICATION_RULES, from: {} }),
            ],
            [written],
        ],
        ["it is a dynamic zone", [zone({ type: "DYNAMIC" }, { ignoreChanges: [] }), rule()], []],
        ["its gateways are meant to be the program's", [zone({ name: "Office" }, { ignoreChanges: [] }), rule()], []],
    ];
    for (const [because, stack, says] of table) {
        it(`finds ${says.length} where ${because}`, async () => {
            assert.deepEqual(await stackViolations(ruleZoneUnkept, stack, { exemptZones: ["Office"] }), says);
        });
    }
});

const systemZone = (kind: string, ...gateways: string[]): Candidate => ({
    type: SYSTEM_ZONE,
    name: kind,
    props: { kind, gateways },
});

describe("blocklist-shuts-out-own", () => {
    const says = (gateway: string, own: string) =>
        `blocked: gateway ${gateway} shuts out ${own}, which you gave static gateways: take it off the list`;
    const blocked = (...gateways: string[]) => zone({ id: "nzo9", usage: "BLOCKLIST", gateways }, { name: "blocked" });
    const membership = (...staticGateways: string[]): Candidate => ({
        type: MEMBERSHIP,
        name: "kept",
        props: { zoneIds: ["nzo1"], staticGateways, entries: { nzo1: { "203.0.113.7/32": {} } } },
        from: { zoneIds: ["staff"] },
    });

    const table: [because: string, stack: Candidate[], says: string[]][] = [
        ["nothing is blocked", [zone({}), membership("198.51.100.7")], []],
        ["others are blocked", [membership("198.51.100.7"), blocked("198.51.100.8")], []],
        ["granted ones are blocked, as somebody decided", [membership("198.51.100.7"), blocked("203.0.113.7")], []],
        [
            "a static gateway is blocked",
            [membership("198.51.100.7"), blocked("198.51.100.0/24")],
            [says("198.51.100.0/24", "198.51.100.7/32")],
        ],
        [
            "a gateway of a static zone is blocked",
            [zone({ gateways: ["198.51.100.7"] }, { ignoreChanges: [] }), blocked("198.51.100.0/24")],
            [says("198.51.100.0/24", "198.51.100.7/32")],
        ],
        [
            "live gateways of a kept zone are blocked",
            [zone({ gateways: ["198.51.100.7"] }), blocked("198.51.100.7")],
            [],
        ],
        [
            "a membership puts its static gateways onto the blocklist",
            [blocked("192.0.2.0/32"), { ...membership("198.51.100.7"), from: { zoneIds: ["blocked"] } }],
            [says("198.51.100.7/32", "198.51.100.7/32")],
        ],
        [
            "the exempt zone lets it pass",
            [
                membership("198.51.100.7"),
                blocked("198.51.100.0/24"),
                zone({ setUsageAsExemptList: true, gateways: ["198.51.100.7"] }, { name: "exempt", ignoreChanges: [] }),
            ],
            [],
        ],
        [
            "the default blocklist holds it",
            [membership("198.51.100.7"), systemZone("BlockedIpZone", "198.51.100.0/24")],
            [says("198.51.100.0/24", "198.51.100.7/32").replace("blocked", "BlockedIpZone")],
        ],
        [
            "the default exempt zone lets it pass",
            [
                membership("198.51.100.7"),
                systemZone("BlockedIpZone", "198.51.100.0/24"),
                systemZone("DefaultExemptIpZone", "198.51.100.7"),
            ],
            [],
        ],
        [
            "the blocklist is not known yet",
            [
                membership("198.51.100.7"),
                zone({ id: "nzo9", usage: "BLOCKLIST", gateways: UNKNOWN }, { name: "blocked" }),
            ],
            [],
        ],
    ];
    for (const [because, stack, expected] of table) {
        it(`finds ${expected.length} where ${because}`, async () => {
            assert.deepEqual(await stackViolations(blocklistShutsOutOwn, stack), expected);
        });
    }
});
