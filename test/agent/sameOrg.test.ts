import { strict as assert } from "node:assert";

import { refuseSameOrgTwice } from "../../src/agent/sameOrg";
import { readAgentSettings } from "../../src/core/settings/agentSettings";

const TOKEN = { apiToken: "env:TOKEN" };
const ACME = { orgName: "acme", baseUrl: "okta.com", ...TOKEN };
const ENV = { TOKEN: "00t", ORG: "acme" };

/** Two memberships with the same ids, each in an org of its own name. */
function check(a: object, b: object, group?: string): void {
    const own = group === undefined ? {} : { group };
    const settings = readAgentSettings({
        orgs: { a, b },
        source: "grants.yaml",
        memberships: [
            { name: "payroll", org: "a", zones: ["nzo1"], ...own },
            { name: "admin", org: "b", zones: [group === undefined ? "nzo1" : "nzo2"], ...own },
        ],
    });
    const secret = (text: string) => ENV[text.replace("env:", "") as keyof typeof ENV] ?? text;
    refuseSameOrgTwice(settings, { env: {}, secret });
}

describe("an org that has two names in the configuration", () => {
    const same: Readonly<Record<string, [a: object, b: object]>> = {
        "the same settings": [ACME, ACME],
        "other letters": [ACME, { ...ACME, orgName: "Acme" }],
        "a whole host as its name": [ACME, { ...ACME, orgName: "https://acme.okta.com/" }],
        "a URL": [ACME, { url: "https://acme.okta.com/api/v1", ...TOKEN }],
        "a name from the environment": [ACME, { ...ACME, orgName: "env:ORG" }],
        "another credential": [ACME, { ...ACME, apiToken: undefined, accessToken: "env:TOKEN" }],
        "an emulator": [
            { url: "http://127.0.0.1:8080", ...TOKEN },
            { url: "127.0.0.1:8080/", ...TOKEN },
        ],
    };
    for (const [what, [a, b]] of Object.entries(same)) {
        it(`has each zone in one membership, with ${what}`, () => {
            assert.throws(() => check(a, b), {
                code: "bad-input",
                message: /^the zone nzo1 is in the memberships "pay/,
            });
        });
        it(`has each group in one membership, with ${what}`, () => {
            const expected = {
                code: "bad-input",
                message: /^the group 00g1 is in the memberships "payroll" and "admin"/,
            };
            assert.throws(() => check(a, b, "00g1"), expected);
        });
    }

    const others: Readonly<Record<string, object>> = {
        "another name": { ...ACME, orgName: "lab" },
        "another domain": { ...ACME, baseUrl: "oktapreview.com" },
        "no name, which is said when it is opened": TOKEN,
    };
    for (const [what, b] of Object.entries(others)) {
        it(`is two orgs with ${what}`, () => assert.doesNotThrow(() => check(ACME, b)));
    }
});
