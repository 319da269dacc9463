import { isLoopback } from "../../core/addresses/loopback";
import type { CertificateFacts } from "../../core/outgoing/connectionFault";

/**
 * The URL of a database with TLS by default, as its content decides who gets in.
 *
 *   sslmode                                   to another machine                        to this one
 *   none                                      TLS, and the certificate is checked       no TLS
 *   verify-full, verify-ca, require, prefer   the same                                  the same
 *   no-verify                                 TLS with any server                       the same
 *   disable                                   no TLS                                    the same
 *
 * `ssl` is another word for it: `false`, `0`, `no` and `off` are `disable`, all else is `verify-full`.
 * A URL that names no host means this machine, whatever PGHOST says.
 */
export function secured(text: string): string {
    const url = new URL(text);
    const { searchParams } = url;
    // If a name is there twice, pg takes the last.
    const said = (name: string) => searchParams.getAll(name).at(-1);
    const ssl = said("ssl");
    searchParams.delete("ssl");
    const mode = said("sslmode") ?? (ssl === undefined ? undefined : modeOf(ssl));
    const isCompatible = searchParams.has("uselibpqcompat");
    const host = said("host") || decodeURIComponent(url.hostname);
    if (host === "") searchParams.set("host", "localhost");
    const isHere = host === "" || host.startsWith("/") || isLoopback(host);
    const isChecked = /^(prefer|require|verify-ca)$/.test(mode ?? "") && !isCompatible;
    const isSaid = mode !== undefined || isCompatible;
    if (isChecked || (!isSaid && !isHere)) searchParams.set("sslmode", "verify-full");
    else if (mode !== undefined) searchParams.set("sslmode", mode);
    return url.href;
}

/** The value of `ssl` as an `sslmode`. pg itself knows only four values, and other values end the process. */
function modeOf(ssl: string): string {
    return /^(false|0|no|off)$/i.test(ssl) ? "disable" : "verify-full";
}

/** The error of Node for a certificate that is for another name. */
interface WrongName extends Error {
    readonly host?: string;
    readonly cert?: { readonly subjectaltname?: string };
}

/** Problems with a certificate, by the codes of Node and OpenSSL. */
const PROBLEMS: Readonly<Record<string, (chain: readonly CertificateFacts[]) => string>> = {
    CERT_HAS_EXPIRED: (chain) =>
        `has expired${decisive("since", chain.map(({ validTo }) => validTo).sort())}: give the server a new one`,
    CERT_NOT_YET_VALID: (chain) => {
        const from = chain.map(({ validFrom }) => validFrom).sort();
        return `is not valid yet${decisive("it begins at", from.reverse())}: see whose clock is wrong`;
    },
    CERT_REVOKED: () => "has been revoked: give the server a new one",
};

/** @param moments The one that decides first. */
function decisive(word: string, [moment]: readonly string[]): string {
    return moment === undefined ? "" : `, ${word} ${moment}`;
}

/** The codes for a certificate of an unknown authority, or a self-signed one. */
const UNKNOWN = /^(UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CERT_|INVALID_CA)/;

/** Why TLS with a server failed, as the end of a sentence; undefined for another error. */
export function tlsProblem(
    cause: Error & { readonly code?: unknown; readonly chain?: readonly CertificateFacts[] },
): string | undefined {
    const { code, message } = cause;
    if (/does not support SSL/.test(message)) {
        return "the server does not offer TLS: if it should be asked without, say sslmode=disable in the URL";
    }
    if (/error establishing an SSL connection/.test(message)) {
        return "what answers there does not speak PostgreSQL's TLS: check host and port in the URL";
    }
    if (typeof code !== "string") return undefined;
    if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
        const { host, cert } = cause as WrongName;
        const names = cert?.subjectaltname?.slice(0, 300) || "no name";
        return `the server's certificate is not for ${host} but for ${names}: have the URL name the host as the certificate does`;
    }
    const words = PROBLEMS[code];
    if (words !== undefined) return `the server's certificate ${words(cause.chain ?? [])}`;
    return UNKNOWN.test(code)
        ? "the server's certificate is from an authority that is not trusted here: name the file of the right one with sslrootcert=FILE in the URL, or say sslmode=no-verify to take any"
        : undefined;
}
