import { strict as assert } from "node:assert";
import fc from "fast-check";

import { redacted } from "../../../src/agent/logging/redact";
import { openSecrets } from "../../../src/okta/credentials/secrets";

const same = (text: string) => text;

const CASES: readonly (readonly [because: string, value: unknown, shown: unknown])[] = [
    [
        "a key that names a secret",
        { apiToken: "00abc", okta: { clientSecret: "x" } },
        { apiToken: "[hidden]", okta: { clientSecret: "[hidden]" } },
    ],
    [
        "a header",
        { headers: { Authorization: "SSWS 00abc", "set-cookie": "sid=1" } },
        { headers: { Authorization: "[hidden]", "set-cookie": "[hidden]" } },
    ],
    ["a header of a webhook", [{ "webhook-signature": "v1,abc" }], [{ "webhook-signature": "[hidden]" }]],
    ["the login of a URL", "cannot reach postgres://me:secret@db/grants", "cannot reach postgres://[hidden]@db/grants"],
    [
        "an error, without its stack",
        Object.assign(new Error("no"), { code: "bad-input", token: "x" }),
        { message: "no", code: "bad-input" },
    ],
    [
        "what is no secret",
        { zone: "nzo1", by: "ana@example.com", status: 200, at: new Date(0), n: 1n },
        { zone: "nzo1", by: "ana@example.com", status: 200, at: "1970-01-01T00:00:00.000Z", n: "1" },
    ],
    [
        "what lies too deep",
        { a: { b: { c: { d: { e: { f: { g: 1 } } } } } } },
        { a: { b: { c: { d: { e: { f: "[too deep]" } } } } } },
    ],
];

describe("redacted", () => {
    for (const [because, value, shown] of CASES) {
        it(`shows ${because}`, () => {
            assert.deepEqual(redacted(value, same), shown);
        });
    }

    it("shows a kept secret nowhere, wherever it lies", () => {
        const secret = 'p"ss\\word\n-é';
        const secrets = openSecrets();
        secrets.keep(secret);
        const leaf = fc.constantFrom<unknown>(secret, `before ${secret} after`, new Error(`says ${secret}`), 1, null);
        const tree = fc.letrec((tie) => ({
            node: fc.oneof(
                { maxDepth: 4 },
                leaf,
                fc.array(tie("node")),
                fc.dictionary(fc.constantFrom("a", secret), tie("node")),
            ),
        })).node;
        fc.assert(
            fc.property(tree, (value) => {
                const shown = JSON.stringify(redacted(value, secrets.redact)) ?? "";
                assert.equal(shown.includes(JSON.stringify(secret).slice(1, -1)), false);
            }),
        );
    });
});
