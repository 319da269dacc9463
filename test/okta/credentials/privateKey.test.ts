import { strict as assert } from "node:assert";
import { createPrivateKey, generateKeyPairSync, type KeyExportOptions, type KeyObject } from "node:crypto";

import { readPrivateKey } from "../../../src/okta/credentials/privateKey";

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ec = (namedCurve: string) => generateKeyPairSync("ec", { namedCurve }).privateKey;

function pem(key: KeyObject, type: "pkcs1" | "pkcs8" | "sec1" | "spki", passphrase?: string): string {
    const cipher = passphrase === undefined ? {} : { cipher: "aes-256-cbc", passphrase };
    return key.export({ format: "pem", type, ...cipher } as unknown as KeyExportOptions<"pem">).toString();
}

function read(privateKey: string, files: Readonly<Record<string, string>> = {}) {
    return readPrivateKey(
        { kind: "private-key", clientId: "0oa1", privateKey, scopes: [], from: "okta:privateKey" },
        async (path) => {
            const text = files[path];
            if (text !== undefined) return text;
            throw Object.assign(new Error(`ENOENT: no such file or directory, open '${path}'`), { code: "ENOENT" });
        },
    );
}

describe("readPrivateKey reads", () => {
    const table: [because: string, privateKey: string, algorithm: string][] = [
        ["RSA as PKCS#8", pem(rsa.privateKey, "pkcs8"), "RSASSA-PKCS1-v1_5"],
        ["RSA as PKCS#1", pem(rsa.privateKey, "pkcs1"), "RSASSA-PKCS1-v1_5"],
        ["EC on P-256 as PKCS#8", pem(ec("P-256"), "pkcs8"), "ECDSA"],
        ["EC on P-384 as SEC1", pem(ec("P-384"), "sec1"), "ECDSA"],
        ["EC on P-521", pem(ec("P-521"), "pkcs8"), "ECDSA"],
        ["with text around it", `Bag Attributes\n${pem(rsa.privateKey, "pkcs8")}\n`, "RSASSA-PKCS1-v1_5"],
        ["from a file", "key.pem", "RSASSA-PKCS1-v1_5"],
    ];
    for (const [because, privateKey, algorithm] of table) {
        it(because, async () => {
            const key = await read(privateKey, { "key.pem": pem(rsa.privateKey, "pkcs1") });
            assert.deepEqual(
                { type: key.type, algorithm: key.algorithm.name, usages: key.usages, extractable: key.extractable },
                { type: "private", algorithm, usages: ["sign"], extractable: false },
            );
        });
    }
});

describe("readPrivateKey refuses", () => {
    const encrypted = "is encrypted; store it without a passphrase: openssl pkey -in key.pem -out plain.pem";
    const body = pem(rsa.privateKey, "pkcs8").split("\n").slice(1, -2);
    const shortBody = pem(ec("P-256"), "pkcs8").split("\n").slice(1, -2).join("");
    const table: [because: string, privateKey: string, problem: string][] = [
        ["an encrypted PKCS#8", pem(rsa.privateKey, "pkcs8", "secret"), encrypted],
        ["an encrypted PKCS#1", pem(rsa.privateKey, "pkcs1", "secret"), encrypted],
        ["a public key", pem(rsa.publicKey, "spki"), "has no PRIVATE KEY in PEM"],
        [
            "a damaged one",
            pem(rsa.privateKey, "pkcs8").replace(/\nMII.{60}/, "\nAAAA"),
            "is damaged: its PEM cannot be read",
        ],
        [
            "a curve that Okta does not know",
            pem(ec("secp256k1"), "pkcs8"),
            "is neither RSA nor EC on P-256, P-384 or P-521",
        ],
        [
            "Ed25519",
            pem(generateKeyPairSync("ed25519").privateKey, "pkcs8"),
            "is neither RSA nor EC on P-256, P-384 or P-521",
        ],
        ["a JWK in a file", "key.jwk", "is a JWK; in Okta, copy the key in the format PEM"],
        [
            "a file that is not there",
            "keys/none.pem",
            'is neither PEM nor a file that can be read "keys/none.pem" (ENOENT)',
        ],
        [
            "a key without its PEM lines, which it does not repeat",
            body.join(""),
            "is neither PEM nor a file that can be read (ENOENT)",
        ],
        ["a short one, which could be a path", shortBody, "is neither PEM nor a file that can be read (ENOENT)"],
        ["the same over several lines", body.join("\n"), "is neither PEM nor a file that can be read (ENOENT)"],
        ["a file without a key", "empty.pem", "has no PRIVATE KEY in PEM"],
    ];
    const jwk = JSON.stringify(createPrivateKey(pem(rsa.privateKey, "pkcs8")).export({ format: "jwk" }));
    for (const [because, privateKey, problem] of table) {
        it(because, async () => {
            await assert.rejects(read(privateKey, { "key.jwk": jwk, "empty.pem": "" }), {
                code: "bad-input",
                message: `the private key from okta:privateKey ${problem}`,
            });
        });
    }
});
