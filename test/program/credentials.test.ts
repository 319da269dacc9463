import { strict as assert } from "node:assert";
import { generateKeyPairSync } from "node:crypto";

import { ENGINES, openStack, permanent, type TestStack, whyNot } from "../support/stacks";

const SCOPES = [
    "okta.networkZones.manage",
    "okta.networkZones.read",
    "okta.policies.manage",
    "okta.policies.read",
    "okta.apps.read",
];

for (const engine of ENGINES) {
    describe(`an OAuth app with a private key and DPoP, by ${engine}`, () => {
        const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
        const { n, e } = publicKey.export({ format: "jwk" });
        const key = { kty: "RSA" as const, kid: "key-1", n, e };
        let stack: TestStack;

        before(async function () {
            if ((await whyNot(engine)) !== undefined) this.skip();
            const client = { clientId: "0oaService0000000001", keys: [key], scopes: SCOPES, isDpopBound: true };
            stack = await openStack(engine, {
                okta: { seed: { oauthClients: [client] } },
                env: {
                    OKTA_API_TOKEN: "",
                    OKTA_API_PRIVATE_KEY: privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
                },
            });
        });
        after(async () => stack?.[Symbol.asyncDispose]());

        it("deploys the program, from the same settings as the Okta provider", async () => {
            await stack.grant(permanent("203.0.113.7"));
            await stack.succeed("up", {
                "okta:clientId": "0oaService0000000001",
                "okta:privateKeyId": "key-1",
                "okta:scopes": JSON.stringify(SCOPES),
            });
            assert.deepEqual(stack.okta.history.at(-1)?.gateways, ["203.0.113.7/32"]);
            const schemes = stack.okta.requests
                .filter(({ path }) => path.startsWith("/api/"))
                .map((each) => each.authorization);
            assert.deepEqual([...new Set(schemes)], ["DPoP"]);
        });
    });
}
