import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { isIPv4 } from "node:net";

/** Who vouches for others, with the certificate that they themselves have. */
export interface Authority {
    /** As PEM. */
    readonly certificate: string;
    /**
     * A certificate with its key, as PEM.
     *
     * @param names Host names and IPv4 addresses that it is for.
     * @param lifetime When it began and ends, in days from now. @default [-1, 1]
     */
    issue(names: readonly string[], lifetime?: Lifetime): { readonly certificate: string; readonly key: string };
    /** An authority that this one vouches for. */
    below(): Authority;
}

/** A certificate that vouches for itself, with its key. */
export function selfSigned(names: readonly string[]): { readonly certificate: string; readonly key: string } {
    const own = { name: "A server of its own", keys: generateKeyPairSync("ec", { namedCurve: "P-256" }) };
    const key = own.keys.privateKey.export({ format: "pem", type: "pkcs8" }).toString();
    return { certificate: certify(own, own, [-1, 1], alternativeNames(names)), key };
}

type Lifetime = readonly [fromDays: number, toDays: number];

/** Somebody by name and key. */
interface Party {
    readonly name: string;
    readonly keys: { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
}

/**
 * An authority of a test's own, which nobody else trusts. Node makes keys and no
 * certificates, so those are written out here as RFC 5280 has them, in DER.
 */
export function newAuthority(name = "An authority of the tests", above?: Party): Authority {
    const own: Party = { name, keys: generateKeyPairSync("ec", { namedCurve: "P-256" }) };
    const BASIC_CONSTRAINTS = der(0x30, oid("551d13"), der(0x01, [0xff]), der(0x04, der(0x30, der(0x01, [0xff]))));
    return {
        certificate: certify(own, above ?? own, [-1, 365], BASIC_CONSTRAINTS),
        issue(names, lifetime = [-1, 1]) {
            const subject = { name: "A server of the tests", keys: generateKeyPairSync("ec", { namedCurve: "P-256" }) };
            const key = subject.keys.privateKey.export({ format: "pem", type: "pkcs8" }).toString();
            return { certificate: certify(subject, own, lifetime, alternativeNames(names)), key };
        },
        below: () => newAuthority(`${name}, one below`, own),
    };
}

function certify(subject: Party, issuer: Party, lifetime: Lifetime, extension: Buffer): string {
    const algorithm = der(0x30, oid("2a8648ce3d040302"));
    const body = der(
        0x30,
        der(0xa0, der(0x02, [2])),
        der(0x02, [1], randomBytes(8)),
        algorithm,
        nameOf(issuer),
        der(0x30, ...lifetime.map(moment)),
        nameOf(subject),
        subject.keys.publicKey.export({ format: "der", type: "spki" }),
        der(0xa3, der(0x30, extension)),
    );
    const signature = sign("sha256", body, issuer.keys.privateKey);
    const lines =
        der(0x30, body, algorithm, der(0x03, [0], signature))
            .toString("base64")
            .match(/.{1,64}/g) ?? [];
    return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}

function alternativeNames(names: readonly string[]): Buffer {
    const entries = names.map((name) =>
        isIPv4(name) ? der(0x87, name.split(".").map(Number)) : der(0x82, Buffer.from(name)),
    );
    return der(0x30, oid("551d11"), der(0x04, der(0x30, ...entries)));
}

function nameOf({ name }: Party): Buffer {
    return der(0x30, der(0x31, der(0x30, oid("550403"), der(0x0c, Buffer.from(name)))));
}

/** A moment as `YYMMDDhhmmssZ`. */
function moment(inDays: number): Buffer {
    const text = new Date(Date.now() + inDays * 86_400_000).toISOString();
    return der(0x17, Buffer.from(`${text.slice(2, 19).replace(/\D/g, "")}Z`));
}

function oid(hex: string): Buffer {
    return der(0x06, Buffer.from(hex, "hex"));
}

/** A value with its tag and length, the shortest way there is. */
function der(tag: number, ...parts: readonly (Uint8Array | readonly number[])[]): Buffer {
    const content = Buffer.concat(parts.map((part) => Uint8Array.from(part)));
    const { length } = content;
    const long = length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
    return Buffer.concat([Uint8Array.from([tag, ...(length < 128 ? [length] : long)]), content]);
}
