import { createHmac, timingSafeEqual } from "node:crypto";

import type { Work } from "../../core/work";

/** Of a secret, by the Standard Webhooks specification. */
const [LEAST_BYTES, MOST_BYTES] = [24, 64];

/** Signatures that are looked at; a sender that changes its secret sends two. */
const MOST_SIGNATURES = 10;

/** Bytes that are hashed at once; and those that take a microsecond. */
const [PART, HASHED] = [128 * 1024, 200];

/** What was signed, and the header with the signatures. */
export interface Signed {
    readonly id: string;
    /** As it was sent: seconds since 1970. */
    readonly timestamp: string;
    /** Byte for byte as it came. */
    readonly body: Uint8Array;
    /** `v1,BASE64`, several of them with blanks between. */
    readonly signature: string;
}

/**
 * The key in a secret such as `whsec_C2FtcGxlLXNlY3JldC1vZi1lbm91Z2gtYnl0ZXM=`; the
 * prefix may be missing. Undefined for what is no base64 of 24 to 64 bytes.
 */
export function webhookKey(secret: string): Uint8Array | undefined {
    const text = secret.trim().replace(/^whsec_/, "");
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined;
    const key = Buffer.from(text, "base64");
    return key.length >= LEAST_BYTES && key.length <= MOST_BYTES ? key : undefined;
}

/**
 * Whether one of the signatures is by one of the keys, over the id, the moment and
 * the body as Standard Webhooks has them. Takes as long for a wrong one as for a right one.
 */
export function* signing({ id, timestamp, body, signature }: Signed, keys: readonly Uint8Array[]): Work<boolean> {
    const given = signature
        .split(" ", MOST_SIGNATURES)
        .filter((each) => each.startsWith("v1,"))
        .map((each) => Buffer.from(each.slice("v1,".length), "base64"));
    let found = false;
    for (const key of keys) {
        const hmac = createHmac("sha256", key).update(`${id}.${timestamp}.`);
        for (let start = 0; start < body.length; start += PART) {
            hmac.update(body.subarray(start, start + PART));
            yield PART / HASHED;
        }
        const expected = hmac.digest();
        for (const each of given) {
            found = (each.length === expected.length && timingSafeEqual(each, expected)) || found;
        }
    }
    return found;
}
