import { strict as assert } from "node:assert";
import { createHash, type KeyObject, verify } from "node:crypto";

export interface Jwt {
    readonly header: Readonly<Record<string, unknown>>;
    readonly claims: Readonly<Record<string, unknown>>;
}

/** Reads a JWT and checks its signature by that key, or by the key that it names itself, as a DPoP proof does. */
export function openJwt(text: string, publicKey: (header: Jwt["header"]) => KeyObject): Jwt {
    const [head = "", body = "", signature = ""] = text.split(".");
    const [header, claims] = [head, body].map((part) => JSON.parse(Buffer.from(part, "base64url").toString()));
    const algorithm = `sha${String(header.alg).slice(2)}`;
    const key = { key: publicKey(header), dsaEncoding: "ieee-p1363" as const };
    const isGood = verify(algorithm, Buffer.from(`${head}.${body}`), key, Buffer.from(signature, "base64url"));
    assert.ok(isGood, "the signature is wrong");
    return { header, claims };
}

export function sha256(text: string): string {
    return createHash("sha256").update(text).digest("base64url");
}
