import { strict as assert } from "node:assert";

import { normalOrgUrl, orgUrlOf } from "../../../src/okta/exchange/orgUrl";

const NAMES = { orgName: "orgName", baseUrl: "baseUrl" };

describe("orgUrlOf", () => {
    // Row by row the table in the doc comment, then what it leaves out.
    const table: [orgName: string, baseUrl: string, expected: string | { message: string }][] = [
        ["acme", "okta.com", "https://acme.okta.com"],
        ["https://acme.okta.com/", "okta.com", "https://acme.okta.com"],
        ["acme", ".okta.com/", "https://acme.okta.com"],
        ["acme", "acme.okta.com", "https://acme.okta.com"],
        ["acme-admin", "okta.com", { message: 'orgName "acme-admin" is the Admin Console; set it to acme' }],
        ["a b", "okta.com", { message: 'orgName "a b" is not the name of an org; of acme.okta.com it is acme' }],
        ["ACME ", " Okta.com\n", "https://acme.okta.com"],
        ["acme", "https://okta.com/api/v1", "https://acme.okta.com"],
        ["acme", "okta-emea.com", "https://acme.okta-emea.com"],
        ["acme-admin", "oktapreview.com", { message: 'orgName "acme-admin" is the Admin Console; set it to acme' }],
        [
            "https://acme-admin.okta.com",
            "okta.com",
            { message: 'orgName "acme-admin" is the Admin Console; set it to acme' },
        ],
        ["login", "example.com", "https://login.example.com"],
        ["login-admin", "example.com", "https://login-admin.example.com"],
        ["login", "login.example.com", "https://login.login.example.com"],
        ["", "okta.com", { message: 'orgName "" is not the name of an org; of acme.okta.com it is acme' }],
        ["acme", "okta", { message: 'baseUrl "okta" is not a domain; set it to one such as okta.com' }],
        ["acme", "okta com", { message: 'baseUrl "okta com" is not a domain; set it to one such as okta.com' }],
        [
            "acme@evil.example",
            "okta.com",
            { message: 'orgName "acme@evil.example" is not the name of an org; of acme.okta.com it is acme' },
        ],
    ];
    for (const [orgName, baseUrl, expected] of table) {
        it(`takes "${orgName}" and "${baseUrl}"`, () => {
            if (typeof expected === "string") assert.equal(orgUrlOf(orgName, baseUrl, NAMES), expected);
            else assert.throws(() => orgUrlOf(orgName, baseUrl, NAMES), { code: "bad-input", ...expected });
        });
    }
});

describe("normalOrgUrl", () => {
    const table: [text: string, expected: string | { message: string }][] = [
        ["https://acme.okta.com/", "https://acme.okta.com"],
        ["acme.okta.com", "https://acme.okta.com"],
        ["https://acme.okta.com/api/v1", "https://acme.okta.com"],
        ["127.0.0.1:8080", "http://127.0.0.1:8080"],
        ["http://localhost:8080", "http://localhost:8080"],
        [
            "http://acme.okta.com",
            { message: "--okta is http://acme.okta.com, which would send the credential in the clear; use https" },
        ],
        [
            "https://acme-admin.okta.com",
            { message: "--okta is https://acme-admin.okta.com, the Admin Console; set it to https://acme.okta.com" },
        ],
        ["https://me:password@acme.okta.com", { message: "--okta has a user or a password in it; take them out" }],
        ["http://[::1]:8080/", "http://[::1]:8080"],
        ["localhost:8080/", "http://localhost:8080"],
        ["https://okta.example.com:8443", "https://okta.example.com:8443"],
        [
            "http://127.0.0.1.evil.example",
            {
                message:
                    "--okta is http://127.0.0.1.evil.example, which would send the credential in the clear; use https",
            },
        ],
        ["ftp://acme.okta.com", { message: "--okta begins with ftp://; it has to be an https URL" }],
        ["", { message: "--okta is not a URL; set it to one such as https://acme.okta.com" }],
        ["acme okta", { message: "--okta is not a URL; set it to one such as https://acme.okta.com" }],
    ];
    for (const [text, expected] of table) {
        it(`takes "${text}"`, () => {
            if (typeof expected === "string") assert.equal(normalOrgUrl(text, "--okta"), expected);
            else assert.throws(() => normalOrgUrl(text, "--okta"), { code: "bad-input", ...expected });
        });
    }
});
