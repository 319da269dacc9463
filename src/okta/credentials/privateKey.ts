import { createPrivateKey, type KeyObject, webcrypto } from "node:crypto";

import { fail } from "../../core/errors/errors";
import type { PrivateKey } from "../exchange/credential";

/** Okta takes RS256 to RS512 and ES256 to ES512. Source: Okta's guide on service apps, "Build a JWT". */
const CURVES: Readonly<Record<string, string>> = { prime256v1: "P-256", secp384r1: "P-384", secp521r1: "P-521" };

/**
 * The key of a service app, ready to sign, from PEM or from the file that it is in.
 *
 * @throws `bad-input` for anything but an unencrypted RSA or EC key; the message never contains the key
 */
export async function readPrivateKey(
    { privateKey, from }: PrivateKey,
    readFile: (path: string) => Promise<string>,
): Promise<webcrypto.CryptoKey> {
    const name = from === undefined ? "the private key" : `the private key from ${from}`;
    const pem = privateKey.includes("-----BEGIN ") ? privateKey : await contentOf(privateKey, name, readFile);
    if (/^\s*\{/.test(pem)) fail("bad-input", `${name} is a JWK; in Okta, copy the key in the format PEM`);
    if (/ENCRYPTED/.test(pem)) {
        fail(
            "bad-input",
            `${name} is encrypted; store it without a passphrase: openssl pkey -in key.pem -out plain.pem`,
        );
    }
    if (!/-----BEGIN (RSA |EC )?PRIVATE KEY-----/.test(pem)) fail("bad-input", `${name} has no PRIVATE KEY in PEM`);
    const key = parsePem(pem) ?? fail("bad-input", `${name} is damaged: its PEM cannot be read`);
    const algorithm = algorithmOf(key) ?? fail("bad-input", `${name} is neither RSA nor EC on P-256, P-384 or P-521`);
    const der = key.export({ format: "der", type: "pkcs8" });
    return webcrypto.subtle.importKey("pkcs8", der, algorithm, false, ["sign"]);
}

async function contentOf(path: string, name: string, readFile: (path: string) => Promise<string>): Promise<string> {
    try {
        return await readFile(path);
    } catch (error) {
        // Node's message contains the path, and the path may be a key that was pasted without its PEM lines.
        const isPath = /^[^\n{]{1,200}$/.test(path) && path.includes(".");
        const shown = isPath ? ` "${path}"` : "";
        const { code = "unreadable" } = error as { code?: string };
        return fail("bad-input", `${name} is neither PEM nor a file that can be read${shown} (${code})`);
    }
}

function parsePem(pem: string): KeyObject | undefined {
    try {
        return createPrivateKey({ key: pem, format: "pem" });
    } catch {
        return undefined;
    }
}

function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject) {
    if (asymmetricKeyType === "rsa") return { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
    const namedCurve = CURVES[asymmetricKeyDetails?.namedCurve ?? ""];
    return asymmetricKeyType === "ec" && namedCurve !== undefined ? { name: "ECDSA", namedCurve } : undefined;
}
