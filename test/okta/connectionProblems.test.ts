import { strict as assert } from "node:assert";

import { findOkta } from "../../src/okta/connection";

const ORG = { orgName: "acme", baseUrl: "okta.com" };
const TOKEN = { apiToken: "00token" };
const PEM = "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----";
const APP = { clientId: "0oa1", privateKey: PEM, scopes: "okta.networkZones.read" };

function find(config: Readonly<Record<string, string>>) {
    return findOkta({ config: (key) => config[key], env: {} });
}

describe("findOkta refuses", () => {
    const table: [because: string, config: Readonly<Record<string, string>>, message: string][] = [
        [
            "a missing name",
            { baseUrl: "okta.com", ...TOKEN },
            "no Okta org: set okta:orgName (or OKTA_ORG_NAME); of acme.okta.com it is acme",
        ],
        [
            "a missing domain",
            { orgName: "acme", ...TOKEN },
            "no domain of Okta: set okta:baseUrl (or OKTA_BASE_URL); of acme.okta.com it is okta.com",
        ],
        [
            "a missing credential",
            ORG,
            "no Okta credential: set okta:apiToken (or OKTA_API_TOKEN), or okta:accessToken (or OKTA_ACCESS_TOKEN), or the OAuth app's okta:clientId (or OKTA_API_CLIENT_ID), okta:privateKey (or OKTA_API_PRIVATE_KEY) and okta:scopes (or OKTA_API_SCOPES)",
        ],
        [
            "an app without a key",
            { ...ORG, clientId: "0oa1" },
            "the OAuth app lacks a value: set okta:privateKey (or OKTA_API_PRIVATE_KEY)",
        ],
        [
            "an app without an id",
            { ...ORG, privateKey: PEM },
            "the OAuth app lacks a value: set okta:clientId (or OKTA_API_CLIENT_ID)",
        ],
        [
            "an app without scopes",
            { ...ORG, clientId: "0oa1", privateKey: PEM },
            "the OAuth app lacks a value: set okta:scopes (or OKTA_API_SCOPES)",
        ],
        [
            "an empty list of scopes",
            { ...ORG, ...APP, scopes: "[]" },
            "okta:scopes is not a list of scopes such as okta.networkZones.read,okta.networkZones.manage",
        ],
        [
            "scopes that are no list",
            { ...ORG, ...APP, scopes: '["okta.networkZones.read"' },
            "okta:scopes is not a list of scopes such as okta.networkZones.read,okta.networkZones.manage",
        ],
        [
            "two configured credentials",
            { ...ORG, ...TOKEN, clientId: "0oa1" },
            "okta:apiToken and okta:clientId are both set; remove one of them",
        ],
        [
            "an API token beside an access token",
            { ...ORG, ...TOKEN, accessToken: "eyJ" },
            "okta:apiToken and okta:accessToken are both set; remove one of them",
        ],
        [
            "a token with a line end in it",
            { ...ORG, apiToken: "00to\nken" },
            "okta:apiToken has blanks or other characters that no token has; paste the token alone",
        ],
        [
            "the word before the token alone",
            { ...ORG, apiToken: "SSWS " },
            "okta:apiToken has blanks or other characters that no token has; paste the token alone",
        ],
        [
            "the Admin Console",
            { orgName: "acme-admin", baseUrl: "okta.com", ...TOKEN },
            'okta:orgName "acme-admin" is the Admin Console; set it to acme',
        ],
        [
            "a proxy in the clear",
            { httpProxy: "http://okta.example.com", ...TOKEN },
            "okta:httpProxy is http://okta.example.com, which would send the credential in the clear; use https",
        ],
    ];
    for (const [because, config, message] of table) {
        it(because, () => assert.throws(() => find(config), { code: "bad-input", message }));
    }

    it("under the names that its caller knows, or those of the environment", () => {
        const options = { config: () => undefined, nameOf: (key: string) => `okta.${key}` };
        assert.throws(() => findOkta({ ...options, env: { OKTA_ORG_NAME: "a b", OKTA_BASE_URL: "okta.com" } }), {
            message: 'OKTA_ORG_NAME "a b" is not the name of an org; of acme.okta.com it is acme',
        });
        assert.throws(() => findOkta({ ...options, env: {} }), {
            message: "no Okta org: set okta.orgName (or OKTA_ORG_NAME); of acme.okta.com it is acme",
        });
        assert.throws(() => findOkta({ config: () => undefined, nameOf: () => undefined, env: {} }), {
            message: "no Okta org: set OKTA_ORG_NAME; of acme.okta.com it is acme",
        });
    });
});
