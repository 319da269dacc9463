import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from "node:crypto";

import { fail } from "../../src/core/errors/errors";

/** Keeps secrets in the state file: AES-256-GCM under a key that scrypt derives from a passphrase. */
export interface Cipher {
    /** Base64 of 16 random bytes; a state keeps it, so that the same passphrase gives the same key. */
    readonly salt: string;
    /** @throws `bad-input` without a passphrase */
    seal(text: string): string;
    /** @throws `bad-input` without a passphrase, or with another one than sealed it */
    open(sealed: string): string;
}

const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/** A cipher whose key is derived at the first use: most rehearsals have no secret. */
export function cipher(passphrase: string | undefined, salt = randomBytes(16).toString("base64")): Cipher {
    let derived: Buffer | undefined;

    function key(): Buffer {
        if (passphrase === undefined || passphrase === "") {
            return fail("bad-input", "the state holds secrets: set PULUMI_CONFIG_PASSPHRASE to encrypt them");
        }
        derived ??= scryptSync(passphrase, Buffer.from(salt, "base64"), KEY_BYTES);
        return derived;
    }

    return {
        salt,
        seal(text) {
            const iv = randomBytes(IV_BYTES);
            const aes = createCipheriv("aes-256-gcm", key(), iv);
            const body = Buffer.concat([aes.update(text, "utf8"), aes.final()]);
            return Buffer.concat([iv, aes.getAuthTag(), body]).toString("base64");
        },
        open(sealed) {
            const bytes = Buffer.from(sealed, "base64");
            const aes = createDecipheriv("aes-256-gcm", key(), bytes.subarray(0, IV_BYTES));
            aes.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
            try {
                return Buffer.concat([aes.update(bytes.subarray(IV_BYTES + TAG_BYTES)), aes.final()]).toString("utf8");
            } catch (error) {
                return fail("bad-input", "the passphrase is not the one that the state's secrets were encrypted with", {
                    cause: error,
                });
            }
        },
    };
}
