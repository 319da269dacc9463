import { strict as assert } from "node:assert";

import { findOkta } from "../../src/okta/connection";

type Values = Readonly<Record<string, string>>;

const ORG = { orgName: "acme", baseUrl: "okta.com" };
const TOKEN = { apiToken: "00token" };
const PEM = "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----";
const APP = { clientId: "0oa1", privateKey: PEM, scopes: '["okta.networkZones.read","okta.networkZones.manage"]' };
const SCOPES = ["okta.networkZones.read", "okta.networkZones.manage"];

function find(config: Values, env: Values = {}, url?: string) {
    return findOkta({ config: (key) => config[key], env, ...(url === undefined ? {} : { url }) });
}

describe("findOkta finds the org", () => {
    const table: [because: string, config: Values, env: Values, url: string | undefined, orgUrl: string][] = [
        ["in the configuration", ORG, {}, undefined, "https://acme.okta.com"],
        [
            "in the environment",
            {},
            { OKTA_ORG_NAME: "acme", OKTA_BASE_URL: "oktapreview.com" },
            undefined,
            "https://acme.oktapreview.com",
        ],
        [
            "value by value",
            { orgName: "acme" },
            { OKTA_ORG_NAME: "other", OKTA_BASE_URL: "okta.com" },
            undefined,
            "https://acme.okta.com",
        ],
        [
            "in the environment where the configuration is blank",
            { orgName: " ", baseUrl: "" },
            { OKTA_ORG_NAME: "acme", OKTA_BASE_URL: "okta.com" },
            undefined,
            "https://acme.okta.com",
        ],
        [
            "at the proxy, in place of its names",
            { ...ORG, httpProxy: "http://127.0.0.1:8080/" },
            {},
            undefined,
            "http://127.0.0.1:8080",
        ],
        [
            "at the proxy of the environment, without names",
            {},
            { OKTA_HTTP_PROXY: "http://localhost:8080" },
            undefined,
            "http://localhost:8080",
        ],
        [
            "at the given URL, in place of all",
            { ...ORG, httpProxy: "http://127.0.0.1:1" },
            {},
            "http://127.0.0.1:2",
            "http://127.0.0.1:2",
        ],
    ];
    for (const [because, config, env, url, orgUrl] of table) {
        it(because, () => assert.equal(find({ ...TOKEN, ...config }, env, url).orgUrl, orgUrl));
    }
});

describe("findOkta finds the credential", () => {
    const table: [because: string, config: Values, env: Values, credential: object][] = [
        ["an API token", TOKEN, {}, { kind: "api-token", apiToken: "00token", from: "okta:apiToken" }],
        [
            "an API token of the environment",
            {},
            { OKTA_API_TOKEN: "00env" },
            { kind: "api-token", apiToken: "00env", from: "OKTA_API_TOKEN" },
        ],
        [
            "the configured API token first",
            TOKEN,
            { OKTA_API_TOKEN: "00env" },
            { kind: "api-token", apiToken: "00token", from: "okta:apiToken" },
        ],
        [
            "an API token as pasted",
            { apiToken: " SSWS 00token\n" },
            {},
            { kind: "api-token", apiToken: "00token", from: "okta:apiToken" },
        ],
        [
            "an API token as pasted, in small letters",
            { apiToken: "ssws 00token" },
            {},
            { kind: "api-token", apiToken: "00token", from: "okta:apiToken" },
        ],
        [
            "an access token before an API token, as the provider has it",
            TOKEN,
            { OKTA_ACCESS_TOKEN: "eyJ" },
            { kind: "access-token", accessToken: "eyJ", from: "OKTA_ACCESS_TOKEN" },
        ],
        [
            "an access token as pasted",
            { accessToken: "Bearer eyJ\n" },
            {},
            { kind: "access-token", accessToken: "eyJ", from: "okta:accessToken" },
        ],
        [
            "an API token before a private key",
            {},
            { OKTA_API_TOKEN: "00env", OKTA_API_CLIENT_ID: "0oa1" },
            { kind: "api-token", apiToken: "00env", from: "OKTA_API_TOKEN" },
        ],
        [
            "a private key",
            APP,
            {},
            { kind: "private-key", clientId: "0oa1", privateKey: PEM, scopes: SCOPES, from: "okta:privateKey" },
        ],
        [
            "a private key with its id",
            { ...APP, privateKeyId: "kid1" },
            {},
            {
                kind: "private-key",
                clientId: "0oa1",
                privateKey: PEM,
                privateKeyId: "kid1",
                scopes: SCOPES,
                from: "okta:privateKey",
            },
        ],
        [
            "a private key of the environment, its line ends written out",
            {},
            {
                OKTA_API_CLIENT_ID: "0oa1",
                OKTA_API_PRIVATE_KEY: PEM.replaceAll("\n", "\\n"),
                OKTA_API_PRIVATE_KEY_ID: "kid1",
                OKTA_API_SCOPES: "okta.networkZones.read, okta.networkZones.manage",
            },
            {
                kind: "private-key",
                clientId: "0oa1",
                privateKey: PEM,
                privateKeyId: "kid1",
                scopes: SCOPES,
                from: "OKTA_API_PRIVATE_KEY",
            },
        ],
        [
            "a private key in a file, its path untouched",
            { ...APP, privateKey: "C:\\keys\\new.pem" },
            {},
            {
                kind: "private-key",
                clientId: "0oa1",
                privateKey: "C:\\keys\\new.pem",
                scopes: SCOPES,
                from: "okta:privateKey",
            },
        ],
        [
            "a private key put together from both",
            { clientId: "0oa1" },
            { OKTA_API_PRIVATE_KEY: "key.pem", OKTA_API_SCOPES: "okta.networkZones.read okta.networkZones.manage" },
            {
                kind: "private-key",
                clientId: "0oa1",
                privateKey: "key.pem",
                scopes: SCOPES,
                from: "OKTA_API_PRIVATE_KEY",
            },
        ],
    ];
    for (const [because, config, env, credential] of table) {
        it(because, () => assert.deepEqual(find({ ...ORG, ...config }, env).credential, credential));
    }
});
