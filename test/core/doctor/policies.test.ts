import { strict as assert } from "node:assert";

import type { RuleFacts } from "../../../src/core/doctor/facts";
import { catchAllDenies, zoneDecides, zonesAreUsed } from "../../../src/core/doctor/policies";
import { CATCH_ALL, HEALTHY, policies, policy, RULE } from "./healthy";

const ANYWHERE: RuleFacts = { ...RULE, name: "Other", connection: "ANYWHERE", include: [] };
const DENIES: RuleFacts = { ...ANYWHERE, access: "DENY" };
const OTHER_ZONE: RuleFacts = { ...RULE, name: "Other", include: ["nzo9"] };

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

    it("is content with one good rule among others that name the zone", () => {
        const rules = [{ ...RULE, name: "Old", status: "INACTIVE" }, RULE];
        const verdict = zonesAreUsed({ ...HEALTHY, policies: policies(policy(...rules)) });
        assert.deepEqual(verdict, { status: "ok", detail: 'the rule "In zone" of "Staff access" (rst1)' });
    });
});
