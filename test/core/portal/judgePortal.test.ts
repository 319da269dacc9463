import { strict as assert } from "node:assert";

import { judgePortal } from "../../../src/core/portal/judgePortal";
import { readPortalSettings } from "../../../src/core/portal/settings/readPortalSettings";

const ACCESS = {
    name: "payroll",
    eligible: { groups: ["Staff"] },
    duration: { default: "4h", max: "8h" },
    reason: "required",
    approval: { approvers: { groups: ["Leads"] } },
};
const PORTAL = {
    url: "https://access.example.com",
    login: { issuer: "https://acme.okta.com", clientId: "0oa1" },
    session: { secret: "env:SECRET" },
    store: { type: "file", path: "portal.jsonl" },
    admins: { groups: ["Security"] },
    accesses: [ACCESS],
};

const of = (rest: object) => ({ ...PORTAL, ...rest });
const access = (rest: object) => of({ accesses: [{ ...ACCESS, ...rest }] });
const OPEN = { approval: undefined, reason: "optional" };
const GLASS = { breakGlass: { eligible: { groups: ["SRE"] }, duration: "1h" } };

const APPROVED = "refuse portal-production-approved accesses.payroll";
const REASONED = "refuse portal-production-reasoned accesses.payroll";

/** Configurations, and what is found in them. */
const FOUND: Readonly<Record<string, readonly [portal: object, ...findings: string[]]>> = {
    "one that is fit for production": [PORTAL],
    "one without approval and reason that does not say what it leads to": [access(OPEN), APPROVED, REASONED],
    "the same, declared as production": [access({ ...OPEN, production: true }), APPROVED, REASONED],
    "the same, declared as something else": [access({ ...OPEN, production: false })],
    "the same, with a name, title and label of production, declared as something else": [
        of({
            accesses: [
                { ...ACCESS, ...OPEN, name: "production", title: "Live", labels: { env: "prod" }, production: false },
            ],
        }),
    ],
    "the same, declared for the whole portal": [of({ production: false, accesses: [{ ...ACCESS, ...OPEN }] })],
    "the whole portal declared as something else, and one access as production": [
        of({ production: false, accesses: [{ ...ACCESS, ...OPEN, production: true }] }),
        APPROVED,
        REASONED,
    ],
    "a ticket in the place of a reason": [access({ reason: "optional", ticket: "INC-\\d+" })],
    "a cap above a day": [
        access({ duration: { default: "4h", max: "25h" } }),
        "refuse portal-duration-capped accesses.payroll",
    ],
    "break-glass of which nobody hears, and a cap above a day": [
        access({ ...GLASS, duration: { default: "4h", max: "25h" } }),
        "refuse portal-duration-capped accesses.payroll",
        "refuse portal-break-glass-notified accesses.payroll",
    ],
    "scopes without offline_access": [
        of({ login: { ...PORTAL.login, scopes: ["openid", "groups"] } }),
        "warn portal-offline-access login.scopes",
    ],
    "scopes with offline_access": [of({ login: { ...PORTAL.login, scopes: ["openid", "groups", "offline_access"] } })],
    "approvers who are those who ask": [
        access({ approval: { approvers: { groups: ["Staff"] } } }),
        "warn portal-approvers-others accesses.payroll",
    ],
    "groups of yesterday": [
        of({ session: { secret: "env:SECRET", recheck: "2h" } }),
        "warn portal-recheck-often session.recheck",
    ],
};

describe("judgePortal", () => {
    for (const [name, [portal, ...expected]] of Object.entries(FOUND)) {
        it(`finds ${expected.length === 0 ? "nothing" : expected.join(", ")} in ${name}`, () => {
            const found = judgePortal(readPortalSettings({ portal }, "judge"));
            assert.deepEqual(
                found.map(({ level, policy, where }) => `${level} ${policy} ${where}`),
                expected,
            );
        });
    }

    it("says how to declare what it takes for production, and only where it is not declared", () => {
        const sentences = (portal: object) =>
            judgePortal(readPortalSettings({ portal })).map(({ sentence }) => sentence);
        assert.match(sentences(access(OPEN)).join(), /counts as production .*say so with production: false/);
        assert.doesNotMatch(sentences(access({ ...OPEN, production: true })).join(), /say so/);
    });

    it("judges what a portal does not start with", () => {
        assert.throws(() => readPortalSettings({ portal: access(GLASS) }), /breakGlass needs portal\.notify/);
    });
});
