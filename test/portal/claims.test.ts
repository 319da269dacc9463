import { strict as assert } from "node:assert";

import { isEligible } from "../../src/core/portal/settings/portalSettings";
import { describedBy } from "../../src/portal/oidc/claims";
import { problemOf } from "../../src/portal/problem";
import { ACCESS } from "../core/portal/support";

const NOW = Date.parse("2026-12-01T12:00:00Z");
const users: readonly string[] = [];
const approval = { approvers: { groups: ["Leads"], users }, count: 1, requestTimeoutMs: 60_000 };
const breakGlass = { eligible: { groups: ["SRE"], users }, durationMs: 60_000 };
const RULES = { accesses: [{ ...ACCESS, approval, breakGlass }], admins: { groups: ["Security"], users } };
const SETTINGS = { login: { groupsClaim: "groups", userClaim: "sub" }, rules: RULES, keptMs: 60_000 };

const described = (groups: readonly string[]) =>
    describedBy({ iss: "https://idp", sub: "ana", groups }, SETTINGS, NOW).person;

describe("a person in very many groups", () => {
    const others = Array.from({ length: 5_000 }, (_, at) => `Group ${at}`);
    const rows: Readonly<Record<string, { readonly groups: readonly string[]; readonly users: readonly string[] }>> = {
        "may have what is for a group": ACCESS.eligible,
        "approves as a member of a group": approval.approvers,
        "may break glass as a member of a group": breakGlass.eligible,
        "administers as a member of a group": RULES.admins,
    };
    for (const [what, rule] of Object.entries(rows)) {
        it(`${what} that the provider names last`, () => {
            const found = described([...others, ...rule.groups]);
            assert.ok(isEligible(rule, found));
            assert.equal(found.groups.length, 1000);
        });
    }

    it("has the groups of before, in their order, where they are no more than a thousand", () => {
        const groups = others.slice(0, 1000);
        assert.deepEqual(described(groups).groups, groups);
    });
});

/** What a provider says of an address, and whether it names somebody. */
const EMAILS: Readonly<Record<string, readonly [claims: object, expected: string | undefined]>> = {
    "a verified address": [{ email: "ana@example.com", email_verified: true }, "ana@example.com"],
    "an address that is not verified": [{ email: "ana@example.com", email_verified: false }, undefined],
    "an address of which nothing is said": [{ email: "ana@example.com" }, undefined],
    'an address that is verified as the text "true"': [{ email: "ana@example.com", email_verified: "true" }, undefined],
    "an address that is verified as the number 1": [{ email: "ana@example.com", email_verified: 1 }, undefined],
    "no address": [{ email_verified: true }, undefined],
    "an empty address": [{ email: "", email_verified: true }, undefined],
    "a list of addresses": [{ email: ["ana@example.com"], email_verified: true }, undefined],
};

describe("a sign-in where the e-mail address names the user", () => {
    const settings = { ...SETTINGS, login: { groupsClaim: "groups", userClaim: "email" } };
    for (const [what, [claims, expected]] of Object.entries(EMAILS)) {
        it(`${expected === undefined ? "is refused" : "counts"} with ${what}`, () => {
            const user = () => describedBy({ iss: "https://idp", sub: "ana", ...claims }, settings, NOW).person.user;
            if (expected === undefined) assert.throws(user, (error) => problemOf(error)?.status === 400);
            else assert.equal(user(), expected);
        });
    }

    it("names nobody by an address that is not verified, where another claim names the user", () => {
        const { person } = describedBy(
            { iss: "https://idp", sub: "ana", email: "adam@example.com", email_verified: false },
            SETTINGS,
            NOW,
        );
        assert.deepEqual([person.user, person.aliases], ["ana", undefined]);
    });
});
