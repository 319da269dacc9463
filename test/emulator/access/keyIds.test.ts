import { strict as assert } from "node:assert";

import { startEmulator } from "../../../emulator/emulator";
import { jwtOf, newKeys } from "./signing";

type Key = { readonly kid?: string; readonly status?: string };

interface Row {
    /** The keys of the app; the first one signs. */
    readonly keys: readonly Key[];
    /** The `kid` of the assertion; left out where it is undefined. */
    readonly kid: unknown;
    readonly answer: "token" | "kid" | "signature";
}

/** Which key an assertion names. Source: okta-sdk-python 289 and kfinance 144 for the first two. */
const ROWS: Readonly<Record<string, Row>> = {
    "two keys, no kid": { keys: [{ kid: "a" }, { kid: "b" }], kid: undefined, answer: "kid" },
    "one key, no kid": { keys: [{ kid: "a" }], kid: undefined, answer: "token" },
    "two keys, the right kid": { keys: [{ kid: "a" }, { kid: "b" }], kid: "a", answer: "token" },
    "two keys, the kid of the other": { keys: [{ kid: "a" }, { kid: "b" }], kid: "b", answer: "signature" },
    "two keys, a kid of neither": { keys: [{ kid: "a" }, { kid: "b" }], kid: "c", answer: "kid" },
    "one key, a kid of another": { keys: [{ kid: "a" }], kid: "b", answer: "kid" },
    "three keys, no kid": { keys: [{ kid: "a" }, { kid: "b" }, { kid: "c" }], kid: undefined, answer: "kid" },
    "two keys, an empty kid": { keys: [{ kid: "a" }, { kid: "b" }], kid: "", answer: "kid" },
    "two keys, kid null": { keys: [{ kid: "a" }, { kid: "b" }], kid: null, answer: "kid" },
    "two keys, a number as the kid": { keys: [{ kid: "a" }, { kid: "b" }], kid: 1, answer: "kid" },
    "two keys without kids of their own, no kid": { keys: [{}, {}], kid: undefined, answer: "kid" },
    "two keys without kids of their own, any kid": { keys: [{}, {}], kid: "a", answer: "kid" },
    "one key without a kid of its own, any kid": { keys: [{}], kid: "a", answer: "token" },
    "a second key that is inactive, no kid": {
        keys: [{ kid: "a" }, { kid: "b", status: "INACTIVE" }],
        kid: undefined,
        answer: "token",
    },
    "the kid of an inactive key": { keys: [{ kid: "a", status: "INACTIVE" }, { kid: "b" }], kid: "a", answer: "kid" },
};

const REFUSALS = {
    kid: "The client_assertion JWT kid is invalid.",
    signature: "The client_assertion signature is invalid.",
};

describe("the kid of a client assertion", () => {
    const pairs = [newKeys("ES256"), newKeys("ES256"), newKeys("ES256")];
    for (const [title, { keys, kid, answer }] of Object.entries(ROWS)) {
        it(`${title}: ${answer === "token" ? "a token" : REFUSALS[answer]}`, async () => {
            const jwks = keys.map((key, index) => ({ ...(pairs[index] ?? assert.fail()).jwk, ...key }));
            const oauthClients = [{ clientId: "0oa1", scopes: ["okta.networkZones.read"], keys: jwks }];
            await using emulator = await startEmulator({ seed: { oauthClients } });
            const aud = `${emulator.url}/oauth2/v1/token`;
            const claims = { iss: "0oa1", sub: "0oa1", aud, exp: Math.floor(Date.now() / 1000) + 300 };
            const assertion = jwtOf(kid === undefined ? {} : { kid }, claims, pairs[0] ?? assert.fail());
            const response = await fetch(aud, {
                method: "POST",
                body: new URLSearchParams({
                    grant_type: "client_credentials",
                    scope: "okta.networkZones.read",
                    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                    client_assertion: assertion,
                }),
            });
            const body = (await response.json()) as Record<string, unknown>;
            if (answer === "token") assert.equal(response.status, 200, JSON.stringify(body));
            else {
                assert.deepEqual(
                    [response.status, body],
                    [401, { error: "invalid_client", error_description: REFUSALS[answer] }],
                );
            }
        });
    }
});
