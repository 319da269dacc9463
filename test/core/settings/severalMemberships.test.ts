import { strict as assert } from "node:assert";

import { readAgentSettings } from "../../../src/core/settings/agentSettings";

const ACME = { orgName: "acme", baseUrl: "okta.com", apiToken: "env:ACME_TOKEN" };
const LAB = { orgName: "lab", baseUrl: "oktapreview.com", apiToken: "env:LAB_TOKEN" };
const PAYROLL = { name: "payroll", org: "acme", zones: ["nzo1"] };
const ADMIN = { name: "admin", org: "lab", zones: ["nzo2", "nzo3"] };
const TWO = { orgs: { acme: ACME, lab: LAB }, source: "grants.yaml", memberships: [PAYROLL, ADMIN] };

describe("readAgentSettings of several memberships", () => {
    it("takes orgs, what is common, and what each has for itself", () => {
        const { form, orgs, memberships } = readAgentSettings({
            ...TWO,
            limits: { deny: ["198.51.100.0/24"], maxRemovals: "50%" },
            onRevoke: "clear-sessions",
            poll: "5s",
            memberships: [
                { ...PAYROLL, selector: { access: "payroll" }, limits: { maxRemovals: "20%" }, drift: "report" },
                { ...ADMIN, source: { type: "file", path: "admin.yaml" }, onRevoke: "keep-sessions" },
            ],
        });
        assert.equal(form, "several");
        assert.deepEqual(orgs, { acme: ACME, lab: LAB });
        const [payroll = assert.fail(), admin = assert.fail()] = memberships;
        assert.deepEqual(
            [payroll, admin].map(({ name, org, zones, source, sourceOf }) => [name, org, zones, source, sourceOf]),
            [
                ["payroll", "acme", ["nzo1"], "grants.yaml", "all"],
                ["admin", "lab", ["nzo2", "nzo3"], { type: "file", path: "admin.yaml" }, "membership"],
            ],
        );
        assert.deepEqual(
            [payroll, admin].map(({ rules }) => [rules.deny.length, rules.maxRemovals]),
            [
                [1, { percent: 20 }],
                [1, { percent: 50 }],
            ],
        );
        assert.deepEqual(
            [payroll, admin].map(({ onRevoke, drift, pollMs }) => [onRevoke, drift, pollMs]),
            [
                ["clear-sessions", "report", 5000],
                ["keep-sessions", "heal", 5000],
            ],
        );
    });

    it("needs no org where there is one, with a name or without", () => {
        const memberships = [{ name: "payroll", zones: ["nzo1"] }];
        const orgOf = (more: object) =>
            readAgentSettings({ source: "g.yaml", memberships, ...more }).memberships[0]?.org;
        assert.equal(orgOf({}), "default");
        assert.equal(orgOf({ okta: ACME }), "default");
        assert.equal(orgOf({ orgs: { acme: ACME } }), "acme");
    });

    it("takes the same id of a zone in two orgs", () => {
        const memberships = [PAYROLL, { ...ADMIN, zones: ["nzo1"] }];
        assert.equal(readAgentSettings({ ...TWO, memberships }).memberships.length, 2);
    });

    const wrong: Readonly<Record<string, [more: object, message: string | RegExp]>> = {
        "two of one name": [
            { memberships: [PAYROLL, { ...ADMIN, name: "Payroll" }] },
            'two memberships are called "payroll"; give each a name of its own, also without regard to case',
        ],
        "an org that is not named": [
            { memberships: [{ ...PAYROLL, org: "acne" }] },
            'the membership "payroll" is in the org "acne", which is not in orgs: there is acme, lab',
        ],
        "no org where there are two": [
            { memberships: [{ name: "payroll", zones: ["nzo1"] }] },
            'the membership "payroll" does not say its org: set org to one of acme, lab',
        ],
        "a zone in two memberships": [
            { memberships: [PAYROLL, { ...PAYROLL, name: "wiki" }] },
            'the zone nzo1 is in the memberships "payroll" and "wiki"; each would undo the other one\'s writes: leave it in one',
        ],
        "a group in two memberships": [
            {
                memberships: [
                    { ...PAYROLL, group: "00g1" },
                    { ...PAYROLL, name: "wiki", zones: ["nzo8"], group: "00g1" },
                ],
            },
            'the group 00g1 is in the memberships "payroll" and "wiki"; each would remove the other one\'s members: give each a group of its own',
        ],
        "what is no group": [
            { memberships: [{ ...PAYROLL, group: "Payroll" }] },
            /^the setting memberships.payroll.group is not the id of an Okta group, such as 00g/,
        ],
        "no source": [
            { source: undefined },
            /^the membership "payroll" has no source, and there is none for all: say where the grants are; the membership "admin"/,
        ],
        "okta beside orgs": [{ okta: ACME }, "okta and orgs both name an org; keep one of them"],
        "zones at the top as well": [
            { zones: ["nzo9"] },
            "the setting zones belongs to each membership: write it in memberships",
        ],
        "a setting that there is not": [
            { memberships: [{ ...PAYROLL, selektor: {} }] },
            "there is no setting memberships.payroll.selektor; did you mean selector?",
        ],
        "a limit that there is not": [
            { memberships: [{ ...PAYROLL, limits: { maxRemoval: 3 } }] },
            "there is no setting memberships.payroll.limits.maxRemoval; did you mean maxRemovals?",
        ],
        "a limit that makes no sense": [
            { memberships: [{ ...PAYROLL, limits: { maxRemovals: "many" } }] },
            'of the membership "payroll": the setting maxRemovals "many" is neither a whole number such as 10, nor a percentage from 0% to 100%, nor off',
        ],
        "a secret in plain text": [
            { orgs: { acme: { ...ACME, apiToken: "00sEcReT" }, lab: LAB } },
            "the setting orgs.acme.apiToken must be the place of the secret, env:NAME or file:PATH, and never the secret itself",
        ],
        "no membership at all": [{ memberships: [] }, "the setting memberships is empty: name at least one membership"],
        "no list": [
            { memberships: PAYROLL },
            "the setting memberships is not a list: each with its name and zones, such as [{ name: payroll, zones: [nzo1] }]",
        ],
        "orgs without memberships": [
            { memberships: undefined },
            "the setting memberships is missing: each with its name and zones, such as [{ name: payroll, zones: [nzo1] }]",
        ],
        "a name that is no folder": [
            { memberships: [{ ...PAYROLL, name: "../x" }] },
            /^the setting memberships\.\.\.\/x\.name is not a name such as payroll/,
        ],
        "no zones": [
            { memberships: [{ name: "payroll", org: "acme" }] },
            /^the setting memberships\.payroll\.zones is missing/,
        ],
    };
    for (const [what, [more, message]] of Object.entries(wrong)) {
        it(`refuses ${what}`, () => {
            const document = Object.fromEntries(
                Object.entries({ ...TWO, ...more }).filter(([, value]) => value !== undefined),
            );
            assert.throws(() => readAgentSettings(document), { code: "bad-input", message });
        });
    }
});
