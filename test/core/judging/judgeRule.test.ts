import { strict as assert } from "node:assert";
import { inspect } from "node:util";

import {
    judgeAnywhere,
    judgeCatchAll,
    judgeNewPolicy,
    judgeZones,
    type RuleInForce,
} from "../../../src/core/judging/judgeRule";

const inZone: RuleInForce = {
    name: "In zone",
    isCatchAll: false,
    access: "ALLOW",
    status: "ACTIVE",
    connection: "ZONE",
    includes: ["nzo1"],
    excludes: [],
};

const lastRule: RuleInForce = {
    ...inZone,
    name: "Catch-all Rule",
    isCatchAll: true,
    connection: "ANYWHERE",
    includes: [],
};

const says = (findings: readonly { problem: string }[]) => findings.map(({ problem }) => problem);

describe("judgeNewPolicy", () => {
    for (const [catchAll, count] of [
        [true, 1],
        [false, 0],
        [undefined, 0],
    ] as const) {
        it(`finds ${count} where catchAll is ${catchAll}`, () => {
            const problem = "its catch-all rule admits everybody who matches no other rule: set catchAll: false";
            const finding = { rule: "catch-all-allows", subject: "staff", problem };
            assert.deepEqual(judgeNewPolicy("staff", catchAll), count === 1 ? [finding] : []);
        });
    }
});

describe("judgeCatchAll", () => {
    const problem = 'the rule "Catch-all Rule" admits everybody who matches no other rule: set access: "DENY"';
    const table: [because: string, rule: RuleInForce, says: string[]][] = [
        ["it lets in", lastRule, [problem]],
        ["it denies", { ...lastRule, access: "DENY" }, []],
        ["nobody knows yet", { ...lastRule, access: undefined }, []],
        ["another rule lets in", inZone, []],
    ];
    for (const [because, rule, expected] of table) {
        it(`finds ${expected.length} where ${because}`, () => assert.deepEqual(says(judgeCatchAll(rule)), expected));
    }
});

describe("judgeZones", () => {
    const table: [change: Partial<RuleInForce>, problem: string | undefined][] = [
        [{}, undefined],
        [{ access: "DENY", includes: [], excludes: ["nzo1"] }, undefined],
        [{ connection: "ANYWHERE", includes: [] }, undefined],
        [{ connection: undefined }, undefined],
        [{ includes: undefined }, undefined],
        [{ includes: [], excludes: undefined }, undefined],
        [
            { includes: [], excludes: ["nzo1"] },
            "lets in everybody outside the zones that it excludes: set networkIncludes",
        ],
        [{ includes: [] }, "is for zones and names none: set networkIncludes"],
        [{ includes: [], access: "DENY" }, "is for zones and names none: set networkIncludes"],
        [{ excludes: ["nzo2"] }, "includes zones and excludes zones; Okta takes one of the two"],
        [{ connection: "ANYWHERE" }, 'names zones that do not count: set networkConnection: "ZONE"'],
        [
            { connection: "ANYWHERE", includes: [], excludes: ["nzo2"] },
            'names zones that do not count: set networkConnection: "ZONE"',
        ],
        [{ connection: "ON_NETWORK" }, 'has the network condition "ON_NETWORK", which Okta does not have: use "ZONE"'],
    ];
    for (const [change, problem] of table) {
        it(`finds ${problem === undefined ? "nothing" : "something"} in ${inspect(change)}`, () => {
            const expected =
                problem === undefined
                    ? []
                    : [{ rule: "rule-without-zones", subject: "In zone", problem: `the rule "In zone" ${problem}` }];
            assert.deepEqual(judgeZones({ ...inZone, ...change }), expected);
        });
    }
});

describe("judgeAnywhere", () => {
    const open = { ...inZone, name: "Left over", connection: "ANYWHERE", includes: [] };
    const problem = 'the rule "Left over" lets in from anywhere: set networkConnection: "ZONE" and networkIncludes';
    const table: [because: string, rule: RuleInForce, exempt: string[], says: string[]][] = [
        ["it lets in from anywhere", open, [], [problem]],
        ["it lets in after a challenge", { ...open, access: "CHALLENGE" }, [], [problem]],
        ["another name is exempt", open, ["Left"], [problem]],
        ["its name is exempt", open, ["Left over"], []],
        ["it denies", { ...open, access: "DENY" }, [], []],
        ["it is not in force", { ...open, status: "INACTIVE" }, [], []],
        ["it is for a zone", inZone, [], []],
        ["the condition is not known yet", { ...open, connection: undefined }, [], []],
        ["it is the catch-all, which has a judgement of its own", lastRule, [], []],
    ];
    for (const [because, rule, exempt, expected] of table) {
        it(`finds ${expected.length} where ${because}`, () => {
            assert.deepEqual(says(judgeAnywhere(rule, exempt)), expected);
        });
    }

    it("can do without the name", () => {
        const [found] = judgeAnywhere({ ...open, name: undefined });
        assert.deepEqual(found, {
            rule: "rule-allows-anywhere",
            subject: "a rule",
            problem: 'the rule lets in from anywhere: set networkConnection: "ZONE" and networkIncludes',
        });
    });
});
