import { strict as assert } from "node:assert";

import type { RuleFacts } from "../../../src/core/doctor/facts";
import { catchAllDenies, zoneDecides } from "../../../src/core/doctor/policies";
import { rulesAskForNoMore, rulesAskForTheGroup } from "../../../src/core/doctor/ruleConditions";
import { zonesAreUsed } from "../../../src/core/doctor/zoneUse";
import { CATCH_ALL, HEALTHY, policies, policy, RULE } from "./healthy";

const ANYWHERE: RuleFacts = { ...RULE, name: "Other", connection: "ANYWHERE", include: [], isNarrow: false };
const DENIES: RuleFacts = { ...ANYWHERE, access: "DENY" };
const OTHER_ZONE: RuleFacts = { ...RULE, name: "Other", include: ["nzo9"], isNarrow: false };

/** Rules in the order in which Okta tries them, the catch-all left out. */
const BESIDE: readonly (readonly [because: string, rules: readonly RuleFacts[], verdict: readonly [string, string]])[] =
    [
        ["lets in from anywhere, above", [ANYWHERE, RULE], ["fail", "lets in from anywhere"]],
        ["lets in from anywhere, below", [RULE, ANYWHERE], ["fail", "lets in from anywhere"]],
        [
            "lets in some from anywhere",
            [{ ...ANYWHERE, isNarrow: true }, RULE],
            ["warn", "lets in some people from anywhere"],
        ],
        ["lets in from another zone", [OTHER_ZONE, RULE], ["warn", "lets in from nzo9"]],
        [
            "lets in from everywhere but a zone",
            [RULE, { ...OTHER_ZONE, include: [], exclude: ["nzo9"] }],
            ["fail", "lets in from everywhere but nzo9"],
        ],
        ["keeps everybody out, above", [DENIES, RULE], ["fail", "keeps out everybody first"]],
        ["keeps some out, above", [{ ...DENIES, isNarrow: true }, RULE], ["warn", "keeps some out first"]],
        ["keeps out from a zone, above", [{ ...OTHER_ZONE, access: "DENY" }, RULE], ["warn", "keeps some out first"]],
    ];

/** Other rules that change nothing. */
const HARMLESS: readonly (readonly [because: string, rules: readonly RuleFacts[]])[] = [
    ["keeps out, below", [RULE, DENIES]],
    ["is not active", [{ ...ANYWHERE, status: "INACTIVE" }, RULE]],
    ["lets in from the zone too", [RULE, { ...RULE, name: "For admins", isNarrow: true }]],
];

describe("zoneDecides", () => {
    for (const [because, rules, [status, what]] of BESIDE) {
        it(`finds a rule that ${because}`, () => {
            const verdict = zoneDecides({ ...HEALTHY, policies: policies(policy(...rules)) });
            assert.deepEqual(verdict, { status, detail: `"Other" of "Staff access" (rst1) ${what}` });
        });
    }

    for (const [because, rules] of HARMLESS) {
        it(`does not mind a rule that ${because}`, () => {
            assert.equal(zoneDecides({ ...HEALTHY, policies: policies(policy(...rules)) })?.status, "ok");
        });
    }

    it("takes the rules of any zone for those that matter, where no zone was asked for", () => {
        const open = policies(policy(ANYWHERE, OTHER_ZONE));
        assert.equal(zoneDecides({ ...HEALTHY, zoneIds: [], policies: open })?.status, "fail");
        assert.equal(zoneDecides({ ...HEALTHY, policies: open }), undefined);
    });
});

describe("catchAllDenies", () => {
    it("does not take an open rule that is no catch-all for one", () => {
        assert.equal(catchAllDenies({ ...HEALTHY, policies: policies(policy(ANYWHERE)) })?.status, "ok");
        const open = { ...policy(RULE), rules: [RULE, { ...CATCH_ALL, access: "ALLOW" }] };
        assert.equal(catchAllDenies({ ...HEALTHY, policies: policies(open) })?.status, "fail");
    });
});

describe("zonesAreUsed", () => {
    it("says how many policies it knows of, where that is not all", () => {
        const known = policies(policy(RULE))?.value ?? assert.fail();
        const said = zonesAreUsed({ ...HEALTHY, policies: { value: { ...known, searched: 3, total: 5 } } });
        assert.equal(said?.detail, 'the rule "In zone" of "Staff access" (rst1); looked at 3 of 5 policies');
    });

    it("finds the rule that names a zone of nearly the same name", () => {
        const known = policies(policy({ ...RULE, include: ["nzo9"] }))?.value ?? assert.fail();
        const [zone] = HEALTHY.zones.value ?? [];
        const zones = {
            value: zone === undefined ? [] : [zone, { ...zone, id: "nzo9", name: ` ${zone.name.toUpperCase()}` }],
        };
        const said = zonesAreUsed({
            ...HEALTHY,
            zones,
            policies: { value: { ...known, found: [], elsewhere: known.found } },
        });
        assert.equal(said?.status, "fail");
        const where = 'the rule "In zone" of "Staff access" (rst1) names " STAFF" (nzo9)';
        assert.equal(
            said?.detail,
            `"Staff" (nzo1): no rule names it; ${where}, whose name differs from "Staff" in case or blanks only`,
        );
        assert.match(said?.remedy ?? "", /name the right one in that rule/);
    });

    it("is content with one good rule among others that name the zone", () => {
        const rules = [{ ...RULE, name: "Old", status: "INACTIVE" }, RULE];
        const verdict = zonesAreUsed({ ...HEALTHY, policies: policies(policy(...rules)) });
        assert.deepEqual(verdict, { status: "ok", detail: 'the rule "In zone" of "Staff access" (rst1)' });
    });
});

describe("the remedy for a rule that does not let in", () => {
    const table: [because: string, rule: Partial<RuleFacts>, remedy: RegExp | undefined][] = [
        ["is switched off", { status: "INACTIVE" }, /why the rule was switched off/],
        ["denies", { access: "DENY" }, /before you change it/],
        ["is not for the person", { notFor: "leaves out this user (00u1)" }, /that the rule names/],
        ["names the zone with 'not in zone'", { include: [], exclude: ["nzo1"] }, /if it was to say 'in zone'/],
        ["denies by 'not in zone'", { include: [], exclude: ["nzo1"], access: "DENY" }, undefined],
    ];
    for (const [because, more, remedy] of table) {
        it(`is about the rule that ${because}`, () => {
            const verdict = zonesAreUsed({ ...HEALTHY, policies: policies(policy({ ...RULE, ...more })) });
            assert.equal(verdict?.status, "fail");
            if (remedy === undefined) assert.equal(verdict?.remedy, undefined);
            else assert.match(verdict?.remedy ?? "", remedy);
        });
    }
});

const NOBODY = { users: { include: [], exclude: [] }, groups: { include: [], exclude: [] } };
const NO_GROUP: Partial<RuleFacts> = { people: NOBODY, isNarrow: false };

describe("rulesAskForNoMore", () => {
    const said = (rule: Partial<RuleFacts>, group: typeof HEALTHY.group) =>
        rulesAskForNoMore({ ...HEALTHY, group, policies: policies(policy({ ...RULE, ...rule })) });

    it("is content with the zone alone, and with the group that the grants are bound to", () => {
        assert.equal(said(NO_GROUP, undefined)?.status, "ok");
        assert.equal(said({}, HEALTHY.group)?.status, "ok");
    });

    it("warns of a group where the grants are not bound, of users, of exceptions, and of anything else", () => {
        assert.match(said({}, undefined)?.detail ?? "", /asks for more than the zone: the group 00g1$/);
        const users = { ...NOBODY, users: { include: ["00u9"], exclude: [] } };
        assert.match(said({ people: users }, undefined)?.detail ?? "", /: the user 00u9$/);
        const except = { ...NOBODY, users: { include: [], exclude: ["00u9"] } };
        assert.match(said({ people: except }, undefined)?.detail ?? "", /: not 00u9$/);
        assert.match(
            said({ ...NO_GROUP, narrowedBy: ["device", "riskScore"] }, undefined)?.detail ?? "",
            /: device, riskScore$/,
        );
    });
});

describe("rulesAskForTheGroup", () => {
    const said = (groups: readonly string[]) => {
        const people = { ...NOBODY, groups: { include: groups, exclude: [] } };
        return rulesAskForTheGroup({ ...HEALTHY, policies: policies(policy({ ...RULE, people })) });
    };

    it("fails where a rule lets in from the zone without the group, or others as well", () => {
        assert.equal(said(["00g1"])?.status, "ok");
        assert.match(
            said([])?.detail ?? "",
            /lets in everybody who is inside the zone: it does not ask for the group 00g1$/,
        );
        assert.match(said(["00g9"])?.detail ?? "", /lets in 00g9 who is inside the zone/);
        assert.match(said(["00g1", "00g9"])?.detail ?? "", /lets in 00g9 as well as the group 00g1$/);
    });

    it("says nothing where grants are not bound to users", () => {
        assert.equal(rulesAskForTheGroup({ ...HEALTHY, group: undefined }), undefined);
    });
});
