import { hkdfSync } from "node:crypto";

import { EncryptJWT, jwtDecrypt } from "jose";

/** Encrypts small values that the portal hands out or keeps, so that only a portal with the same secret can read them. */
export interface Seal {
    /** @param purpose What it is for: a value that was sealed for one purpose is none for another. */
    seal(purpose: string, value: Readonly<Record<string, unknown>>, lifeMs: number): Promise<string>;
    /** The value; undefined for a text that was not sealed for this purpose, was changed, or has expired. */
    open(purpose: string, text: string | undefined): Promise<Readonly<Record<string, unknown>> | undefined>;
    /** A text that nobody without the secret can make: of a purpose and some other text. */
    mark(purpose: string, text: string): string;
}

/** A key for each purpose, by HKDF. @param secret At least 32 characters; see requireSecret. */
export function openSeal(secret: string, now: () => number): Seal {
    const keyFor = (purpose: string) => new Uint8Array(hkdfSync("sha256", secret, "zonekeeper portal", purpose, 32));
    return {
        async seal(purpose, value, lifeMs) {
            const expiresAt = Math.ceil((now() + lifeMs) / 1000);
            return new EncryptJWT({ value })
                .setProtectedHeader({ alg: "dir", enc: "A256GCM" })
                .setExpirationTime(expiresAt)
                .encrypt(keyFor(purpose));
        },
        async open(purpose, text) {
            if (text === undefined || text.length > 16_384) return undefined;
            try {
                const { payload } = await jwtDecrypt(text, keyFor(purpose), {
                    currentDate: new Date(now()),
                    keyManagementAlgorithms: ["dir"],
                    contentEncryptionAlgorithms: ["A256GCM"],
                });
                return payload.value as Readonly<Record<string, unknown>>;
            } catch {
                return undefined;
            }
        },
        mark: (purpose, text) =>
            Buffer.from(hkdfSync("sha256", secret, text, `mark ${purpose}`, 32)).toString("base64url"),
    };
}
