import { strict as assert } from "node:assert";
import fc from "fast-check";

import { spanOf } from "../../../src/core/addresses/ip";
import { coversSpan, mergeSpans } from "../../../src/core/addresses/spans";
import { blocklistReasons, type ListedZone } from "../../../src/core/reasons/blocklists";
import { isForPerson, type PeopleCondition } from "../../../src/core/reasons/people";
import { holdsSpans, type OtherZones } from "../../../src/core/reasons/reach";
import { restrictionReason } from "../../../src/core/reasons/restrictions";
import { type SessionRule, sessionReasons } from "../../../src/core/reasons/sessionRules";
import { threatReason } from "../../../src/core/reasons/threatInsight";

const zone = (name: string, usage: string, gateways: readonly string[], more: Partial<ListedZone> = {}): ListedZone => {
    return { id: `nzo${name}`, name, type: "IP", status: "ACTIVE", usage, system: false, gateways, ...more };
};
const BLOCKED = zone("Bad", "BLOCKLIST", ["203.0.113.0/29"]);
const EXEMPT = zone("E", "POLICY", ["203.0.113.7/32"], { name: "DefaultExemptIpZone", system: true });

describe("blocklistReasons", () => {
    const table: [because: string, ranges: readonly string[], zones: readonly ListedZone[], expected: string[]][] = [
        ["no blocklist", ["203.0.113.7/32"], [], []],
        ["another address", ["198.51.100.7/32"], [BLOCKED], []],
        ["the sentinel is nobody", ["192.0.2.0/32"], [zone("Bad", "BLOCKLIST", ["192.0.2.0/24"])], []],
        ["an address", ["203.0.113.7/32"], [BLOCKED], ["fault 203.0.113.7"]],
        ["a part of a range", ["203.0.113.4-203.0.113.9"], [BLOCKED], ["fault 203.0.113.4/30"]],
        ["an inactive one", ["203.0.113.7/32"], [{ ...BLOCKED, status: "INACTIVE" }], []],
        ["a zone for rules", ["203.0.113.7/32"], [{ ...BLOCKED, usage: "POLICY" }], []],
        ["exempt", ["203.0.113.7/32"], [BLOCKED, EXEMPT], ["note 203.0.113.7"]],
        ["exempt in part", ["203.0.113.6/31"], [BLOCKED, EXEMPT], ["fault 203.0.113.6", "note 203.0.113.7"]],
        [
            "an exempt zone of an admin's is none",
            ["203.0.113.7/32"],
            [BLOCKED, { ...EXEMPT, system: false }],
            ["fault 203.0.113.7"],
        ],
        [
            "a dynamic one",
            ["203.0.113.7/32"],
            [zone("D", "BLOCKLIST", [], { type: "DYNAMIC_V2" })],
            ['doubt "D" (nzoD)'],
        ],
        ["a dynamic one, and nobody inside", [], [zone("D", "BLOCKLIST", [], { type: "DYNAMIC" })], []],
        ["IPv6 is nobody's", ["2001:db8::/32"], [zone("Bad", "BLOCKLIST", ["2001:db8::/32"])], []],
    ];
    for (const [because, ranges, zones, expected] of table) {
        it(because, () => {
            const reasons = blocklistReasons([{ what: "granted", ranges }], zones);
            assert.deepEqual(
                reasons.map(({ weight, subject }) => `${weight} ${subject}`),
                expected,
            );
        });
    }

    it("names a fault for an address just where it is blocked and not exempt", () => {
        const range = fc.constantFrom("10.0.0.0/30", "10.0.0.2/32", "10.0.0.3-10.0.0.6", "10.0.0.4/31", "10.0.0.7/32");
        const ranges = fc.array(range, { maxLength: 3 });
        fc.assert(
            fc.property(ranges, ranges, ranges, fc.integer({ min: 0, max: 8 }), (granted, blocked, exempt, last) => {
                const zones = [zone("B", "BLOCKLIST", blocked), { ...EXEMPT, gateways: exempt }];
                const reasons = blocklistReasons([{ what: "granted", ranges: granted }], zones);
                const hop = spanOf(`10.0.0.${last}`);
                const isIn = (list: readonly string[]) => coversSpan(mergeSpans(list.map(spanOf)), hop);
                const faults = reasons.filter(({ weight }) => weight === "fault").map(({ subject }) => subject);
                assert.equal(isIn(faults), isIn(granted) && isIn(blocked) && !isIn(exempt));
            }),
        );
    });
});

describe("restrictionReason", () => {
    const table: [include: readonly string[], exclude: readonly string[], weight: string | undefined][] = [
        [[], [], undefined],
        [["nzo1"], [], "fault"],
        [[], ["nzo1"], "fault"],
        [["nzo9", "nzo1"], [], "fault"],
        [["ALL_ZONES"], [], "doubt"],
        [["ALL_IP_ZONES"], [], "doubt"],
        [[], ["ALL_ZONES"], "doubt"],
        [["nzo9"], [], "note"],
        [[], ["nzo9"], "note"],
    ];
    for (const [include, exclude, weight] of table) {
        it(`${include} but ${exclude} is ${weight}`, () => {
            assert.equal(restrictionReason("the token", { include, exclude }, ["nzo1"])?.weight, weight);
        });
    }
});

describe("sessionReasons", () => {
    const ANY: SessionRule = {
        name: "r",
        status: "ACTIVE",
        access: "ALLOW",
        connection: "ANYWHERE",
        include: [],
        exclude: [],
        isNarrow: false,
    };
    const deny = { ...ANY, access: "DENY" };
    const at = (list: "include" | "exclude", ...ids: string[]) => ({ connection: "ZONE", [list]: ids });
    const others = (reach: OtherZones["reach"]) => ({ others: { reach, zones: "Office", where: "where they are" } });
    const in9 = (reach: OtherZones["reach"]) => ({ ...at("include", "nzo9"), ...others(reach) });
    const notIn9 = (reach: OtherZones["reach"]) => ({ ...at("exclude", "nzo9"), ...others(reach) });
    const table: [because: string, rules: SessionRule[], expected: string[]][] = [
        ["the default rule", [ANY], []],
        ["lets in from the zone", [{ ...ANY, ...at("include", "nzo1") }], ["note"]],
        ["lets in from every zone", [{ ...ANY, ...at("include", "ALL_ZONES") }], ["note"]],
        ["lets in from elsewhere", [{ ...ANY, ...at("include", "nzo9") }], []],
        ["lets in who is outside", [{ ...ANY, ...at("exclude", "nzo1") }], ["note"]],
        ["keeps out who is inside", [{ ...deny, ...at("include", "nzo1") }], ["fault"]],
        ["keeps out some who are inside", [{ ...deny, ...at("include", "nzo1"), isNarrow: true }], ["doubt"]],
        ["keeps out who is outside", [{ ...deny, ...at("exclude", "nzo1") }], ["note"]],
        ["keeps out somebody else", [{ ...deny, notFor: "is for other users only" }], []],
        ["lets in somebody else first", [{ ...ANY, notFor: "is for other users only" }, deny], ["fault"]],
        ["keeps out who is not in another zone", [{ ...deny, ...at("exclude", "nzo9") }], ["fault"]],
        ["keeps out who is in another zone", [{ ...deny, ...at("include", "nzo9") }], []],
        ["keeps out everybody", [deny], ["fault"]],
        ["keeps out everybody after a rule for the zone", [{ ...ANY, ...at("include", "nzo1") }, deny], ["note"]],
        ["keeps out everybody after a rule for some", [{ ...ANY, isNarrow: true }, deny], ["fault"]],
        ["is not active", [{ ...deny, status: "INACTIVE" }], []],
        ["keeps out who is in another zone, as all are", [{ ...deny, ...in9("all") }], ["fault"]],
        ["keeps out who is in another zone, as some are", [{ ...deny, ...in9("some") }], ["doubt"]],
        ["keeps out who is in another zone, as nobody is", [{ ...deny, ...in9("none") }], []],
        ["keeps out who is in a country", [{ ...deny, ...in9(undefined) }], []],
        ["keeps out who is not in another zone, as nobody is", [{ ...deny, ...notIn9("all") }], ["fault"]],
        ["keeps out who is not in another zone, as some are", [{ ...deny, ...notIn9("some") }], ["doubt"]],
        ["keeps out who is not in another zone, as all are", [{ ...deny, ...notIn9("none") }], []],
        ["keeps out who is not in a country", [{ ...deny, ...notIn9(undefined) }], ["fault"]],
        ["keeps out all, after a rule for a zone where all are", [{ ...ANY, ...in9("all") }, deny], []],
        ["keeps out all, after a rule for a zone where some are", [{ ...ANY, ...in9("some") }, deny], ["fault"]],
    ];
    for (const [because, rules, expected] of table) {
        it(because, () => {
            const policy = { id: "00p1", name: "P", status: "ACTIVE", rules };
            assert.deepEqual(
                sessionReasons([policy], ["nzo1"]).map(({ weight }) => weight),
                expected,
            );
            assert.deepEqual(sessionReasons([{ ...policy, status: "INACTIVE" }], ["nzo1"]), []);
        });
    }
});

describe("sessionReasons of several policies", () => {
    const GROUP = { users: { include: [], exclude: [] }, groups: { include: ["00g1"], exclude: [] } };
    const rule = (access: string): SessionRule => {
        const anywhere = { connection: "ANYWHERE", include: [], exclude: [] };
        return { name: access, status: "ACTIVE", access, ...anywhere, isNarrow: false };
    };
    const policy = (access: string, more: object = {}) => {
        return { id: `00p${access}`, name: access, status: "ACTIVE", rules: [rule(access)], ...more };
    };
    const table: [because: string, policies: Parameters<typeof sessionReasons>[0], expected: string[]][] = [
        ["one for a group denies", [policy("DENY", { people: GROUP })], ["doubt"]],
        ["one for everybody denies", [policy("DENY")], ["fault"]],
        ["one denies, after one that lets all in", [policy("ALLOW"), policy("DENY")], []],
        ["one denies, after one that lets a group in", [policy("ALLOW", { people: GROUP }), policy("DENY")], ["doubt"]],
        ["one denies, after an inactive one", [policy("ALLOW", { status: "INACTIVE" }), policy("DENY")], ["fault"]],
        ["one denies, before one that lets all in", [policy("DENY"), policy("ALLOW")], ["fault"]],
    ];
    for (const [because, policies, expected] of table) {
        it(because, () => {
            const reasons = sessionReasons(policies, ["nzo1"]);
            assert.deepEqual(
                reasons.map(({ weight }) => weight),
                expected,
            );
        });
    }
});

describe("holdsSpans", () => {
    const OFFICE = zone("Office", "POLICY", ["203.0.113.0/24"]);
    const OFF = zone("Off", "POLICY", ["203.0.113.0/24"], { status: "INACTIVE" });
    const ABROAD = zone("Abroad", "POLICY", [], { type: "DYNAMIC" });
    const table: [because: string, ranges: string[], ids: string[], expected: string | undefined][] = [
        ["all are in it", ["203.0.113.7/32", "203.0.113.64/26"], ["nzoOffice"], "all"],
        ["one is not", ["203.0.113.7/32", "198.51.100.7/32"], ["nzoOffice"], "some"],
        ["a range is in part", ["203.0.113.255-203.0.114.3"], ["nzoOffice"], "some"],
        ["none is", ["198.51.100.7/32"], ["nzoOffice"], "none"],
        ["an inactive zone holds nobody", ["203.0.113.7/32"], ["nzoOff"], "none"],
        ["a dynamic zone is not known", ["203.0.113.7/32"], ["nzoAbroad"], undefined],
        [
            "all are in one of the two, whatever the dynamic one is",
            ["203.0.113.7/32"],
            ["nzoAbroad", "nzoOffice"],
            "all",
        ],
        ["a zone that is not there is not known", ["203.0.113.7/32"], ["nzoGone"], undefined],
        ["every zone is not known", ["203.0.113.7/32"], ["ALL_ZONES"], undefined],
        ["there are no addresses", [], ["nzoOffice"], undefined],
    ];
    for (const [because, ranges, ids, expected] of table) {
        it(`is ${expected}: ${because}`, () => {
            assert.equal(holdsSpans([OFFICE, OFF, ABROAD], ranges.map(spanOf))(ids), expected);
        });
    }
});

describe("threatReason", () => {
    it("tells of blocking alone, and whether it leaves the zones alone", () => {
        const said = (action: string, excludeZones: string[]) =>
            threatReason({ action, excludeZones }, ["nzo1"])?.message;
        assert.equal(said("audit", []), undefined);
        assert.match(said("block", ["nzo9"]) ?? "", /also granted ones/);
        assert.match(said("block", ["nzo1"]) ?? "", /leaves these zones alone$/);
    });
});

describe("isForPerson", () => {
    const none = { include: [], exclude: [] };
    const users = (list: "include" | "exclude", ...ids: string[]) => ({
        users: { ...none, [list]: ids },
        groups: none,
    });
    const groups = (list: "include" | "exclude", ...ids: string[]) => ({
        users: none,
        groups: { ...none, [list]: ids },
    });
    const table: [
        because: string,
        people: PeopleCondition,
        groupIds: string[] | undefined,
        expected: string | RegExp | undefined,
    ][] = [
        ["names nobody", { users: none, groups: none }, undefined, "yes"],
        ["leaves them out", users("exclude", "00u1"), [], /leaves out this user/],
        ["leaves out somebody else", users("exclude", "00u2"), undefined, "yes"],
        ["is for them", users("include", "00u1"), undefined, "yes"],
        ["is for somebody else", users("include", "00u2"), [], /other users only/],
        ["is for a group of theirs", groups("include", "00g1", "00g2"), ["00g2"], "yes"],
        ["is for another group", groups("include", "00g1"), ["00g2"], /the group 00g1 only/],
        ["is for a group, and theirs are not known", groups("include", "00g1"), undefined, undefined],
        ["leaves out a group of theirs", groups("exclude", "00g1"), ["00g1"], /leaves out the group 00g1/],
        ["leaves out a group, and theirs are not known", groups("exclude", "00g1"), undefined, undefined],
        [
            "is for them or a group",
            { users: users("include", "00u1").users, groups: groups("include", "00g1").groups },
            [],
            "yes",
        ],
        [
            "is for them but not for their group",
            { users: users("include", "00u1").users, groups: groups("exclude", "00g1").groups },
            ["00g1"],
            /leaves out the group/,
        ],
    ];
    for (const [because, people, groupIds, expected] of table) {
        it(`is judged of a rule that ${because}`, () => {
            const verdict = isForPerson(people, { id: "00u1", groupIds });
            if (expected instanceof RegExp) assert.match(typeof verdict === "object" ? verdict.why : "", expected);
            else assert.equal(verdict, expected);
        });
    }
});
