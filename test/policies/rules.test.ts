import { strict as assert } from "node:assert";

import { catchAllAllows, ruleAllowsAnywhere, ruleWithoutGroup, ruleWithoutZones } from "../../policies/rules";
import { AUTHENTICATION_POLICY, AUTHENTICATION_RULE, AUTHENTICATION_RULES, SESSION_RULE } from "../../policies/types";
import { type Candidate, UNKNOWN, violations } from "./support";

const inZone = {
    name: "In zone",
    access: "ALLOW",
    status: "ACTIVE",
    networkConnection: "ZONE",
    networkIncludes: ["nzo1"],
};

const rule = (change: object, type = AUTHENTICATION_RULE): Candidate => ({ type, props: { ...inZone, ...change } });

const anywhere = (name: string) =>
    `the rule "${name}" lets in from anywhere: set networkConnection: "ZONE" and networkIncludes`;

describe("catch-all-allows", () => {
    const open = "its catch-all rule admits everybody who matches no other rule: set catchAll: false";
    const lastRule = 'the rule "Catch-all Rule" admits everybody who matches no other rule: set access: "DENY"';
    const table: [because: string, candidate: Candidate, says: string[]][] = [
        ["a policy closes it", { type: AUTHENTICATION_POLICY, props: { catchAll: false } }, []],
        ["a policy opens it", { type: AUTHENTICATION_POLICY, props: { catchAll: true } }, [open]],
        ["a policy leaves it to Okta", { type: AUTHENTICATION_POLICY }, [open]],
        ["a policy does not know yet", { type: AUTHENTICATION_POLICY, props: { catchAll: UNKNOWN } }, []],
        ["an adopted one denies", rule({ name: "Catch-all Rule", access: "DENY" }), []],
        ["an adopted one allows", rule({ name: "Catch-all Rule" }), [lastRule]],
        ["an adopted one says nothing", rule({ name: "Catch-all Rule", access: undefined }), [lastRule]],
        [
            "an adopted one has another name",
            rule({ name: "Last", system: true }),
            ['the rule "Last" admits everybody who matches no other rule: set access: "DENY"'],
        ],
        ["an adopted one does not know yet", rule({ name: "Catch-all Rule", access: UNKNOWN }), []],
        [
            "it is one of several rules",
            { type: AUTHENTICATION_RULES, props: { rules: [inZone, { name: "Catch-all Rule" }] } },
            [lastRule],
        ],
        ["another rule allows", rule({}), []],
    ];
    for (const [because, candidate, says] of table) {
        it(`finds ${says.length} where ${because}`, async () => {
            assert.deepEqual(await violations(catchAllAllows, candidate), says);
        });
    }
});

describe("rule-allows-anywhere", () => {
    const open = { networkConnection: "ANYWHERE", networkIncludes: undefined };
    const table: [because: string, candidate: Candidate, says: string[]][] = [
        ["a rule is for a zone", rule({}), []],
        ["a rule is for anywhere", rule(open), [anywhere("In zone")]],
        [
            "a rule says nothing, which is anywhere",
            rule({ ...open, networkConnection: undefined }),
            [anywhere("In zone")],
        ],
        ["a session's rule is for anywhere", rule(open, SESSION_RULE), [anywhere("In zone")]],
        ["it is meant", rule({ ...open, name: "Break glass" }), []],
        ["it denies", rule({ ...open, access: "DENY" }), []],
        ["it is not known yet", rule({ networkConnection: UNKNOWN, networkIncludes: UNKNOWN }), []],
        [
            "its name is not known yet",
            rule({ ...open, name: UNKNOWN }),
            [anywhere("In zone").replace(' "In zone"', "")],
        ],
        [
            "one of several rules is",
            { type: AUTHENTICATION_RULES, props: { rules: [inZone, { name: "Old", access: "ALLOW" }] } },
            [anywhere("Old")],
        ],
        ["rules are not known yet", { type: AUTHENTICATION_RULES, props: { rules: UNKNOWN } }, []],
        ["it is no rule", { type: "okta:network/zone:Zone", props: { ...open, access: "ALLOW" } }, []],
    ];
    for (const [because, candidate, says] of table) {
        it(`finds ${says.length} where ${because}`, async () => {
            const config = { exemptRules: ["Break glass"] };
            assert.deepEqual(await violations(ruleAllowsAnywhere, candidate, config), says);
        });
    }
});

describe("rule-without-zones", () => {
    const about = (what: string) => [`the rule "In zone" ${what}`];
    const table: [because: string, candidate: Candidate, says: string[]][] = [
        ["it names a zone", rule({}), []],
        ["its zones are not known yet", rule({ networkIncludes: UNKNOWN }), []],
        ["a zone's id is not known yet", rule({ networkIncludes: [UNKNOWN] }), []],
        ["it names none", rule({ networkIncludes: [] }), about("is for zones and names none: set networkIncludes")],
        [
            "it leaves them out",
            rule({ networkIncludes: null }),
            about("is for zones and names none: set networkIncludes"),
        ],
        [
            "it includes and excludes",
            rule({ networkIncludes: [UNKNOWN], networkExcludes: ["nzo2"] }),
            about("includes zones and excludes zones; Okta takes one of the two"),
        ],
        [
            "it excludes only",
            rule({ networkIncludes: undefined, networkExcludes: ["nzo2"] }, SESSION_RULE),
            about("lets in everybody outside the zones that it excludes: set networkIncludes"),
        ],
        ["it denies outside", rule({ access: "DENY", networkIncludes: undefined, networkExcludes: ["nzo2"] }), []],
        [
            "its zones do not count",
            rule({ networkConnection: "ANYWHERE" }),
            about('names zones that do not count: set networkConnection: "ZONE"'),
        ],
    ];
    for (const [because, candidate, says] of table) {
        it(`finds ${says.length} where ${because}`, async () => {
            assert.deepEqual(await violations(ruleWithoutZones, candidate), says);
        });
    }
});

describe("rule-without-group", () => {
    const says = [
        'the rule "In zone" lets in everybody who comes from an address in the zone: bind grants to users ' +
            "(zonekeeper:bindToUser, or groupIds of InZoneRule)",
    ];
    const table: [because: string, candidate: Candidate, says: string[]][] = [
        ["a rule is for a zone alone", rule({}), says],
        ["it names a group", rule({ groupsIncluded: ["00g1"] }), []],
        ["it names a group, as providers before 7 do", rule({ groupsIncludeds: ["00g1"] }), []],
        ["its groups are not known yet", rule({ groupsIncluded: UNKNOWN }), []],
        ["it denies", rule({ access: "DENY" }), []],
        ["it is inactive", rule({ status: "INACTIVE" }), []],
        ["it only leaves out a zone", rule({ networkIncludes: [], networkExcludes: ["nzo1"] }), []],
        ["it is a session rule", rule({}, SESSION_RULE), []],
        ["one of several rules is for a zone alone", { type: AUTHENTICATION_RULES, props: { rules: [inZone] } }, says],
    ];
    for (const [because, candidate, expected] of table) {
        it(`finds ${expected.length} where ${because}`, async () => {
            assert.deepEqual(await violations(ruleWithoutGroup, candidate), expected);
        });
    }
});
