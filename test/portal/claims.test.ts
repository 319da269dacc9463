import { strict as assert } from "node:assert";

import { isEligible } from "../../src/core/portal/settings/portalSettings";
import { describedBy } from "../../src/portal/oidc/claims";
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
