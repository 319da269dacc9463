import { isLoopback } from "../../core/addresses/loopback";

/**
 * A database's URL with TLS where it is not said otherwise, as what is read there decides about who gets in.
 *
 *   sslmode                                   to another machine                        to this one
 *   none                                      TLS, and the certificate is checked       no TLS
 *   verify-full, verify-ca, require, prefer   the same                                  the same
 *   no-verify                                 TLS with whoever answers                  the same
 *   disable                                   no TLS                                    the same
 *
 * `ssl` is another word for it: `false`, `0`, `no` and `off` are `disable`, all else is `verify-full`.
 * A URL that names no host means this machine, whatever PGHOST says.
 */
export function secured(text: string): string {
    const url = new URL(text);
    const { searchParams } = url;
    // Of a name that is there twice, pg takes the last.
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

/** `ssl` of a URL as its `sslmode`; pg itself knows but four of its values, and ends the process at the others. */
function modeOf(ssl: string): string {
    return /^(false|0|no|off)$/i.test(ssl) ? "disable" : "verify-full";
}

/** The server's certificate as Node hands it over with a name that it is not for. */
interface WrongName extends Error {
    readonly host?: string;
    readonly cert?: { readonly subjectaltname?: string };
}

/** By Node's codes, which are OpenSSL's, what is wrong with a certificate. */
const PROBLEMS: Readonly<Record<string, string>> = {
    CERT_HAS_EXPIRED: "has expired: give the server a new one",
    CERT_NOT_YET_VALID: "is not valid yet: see whose clock is wrong",
    CERT_REVOKED: "has been revoked: give the server a new one",
};

/** Of an authority that is not known, or of nobody's at all. */
const UNKNOWN = /^(UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CERT_|INVALID_CA)/;

/** Why there is no TLS with a server, as the end of a sentence; undefined for an error that is about something else. */
export function tlsProblem(cause: Error & { readonly code?: unknown }): string | undefined {
    const { code, message } = cause;
    if (/does not support SSL/.test(message)) {
        return "the server does not offer TLS: if it should be asked without, say sslmode=disable in the URL";
    }
    if (typeof code !== "string") return undefined;
    if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
        const { host, cert } = cause as WrongName;
        const names = cert?.subjectaltname?.slice(0, 300) || "no name";
        return `the server's certificate is not for ${host} but for ${names}: have the URL name the host as the certificate does`;
    }
    if (code in PROBLEMS) return `the server's certificate ${PROBLEMS[code]}`;
    return UNKNOWN.test(code)
        ? "the server's certificate is from an authority that is not trusted here: name the file of the right one with sslrootcert=FILE in the URL, or say sslmode=no-verify to take any"
        : undefined;
}
