import { type CertificateFacts, type ConnectionFault, type FaultyProxy, faultIn } from "./connectionFault";

export interface Problem {
    /** What happened and what to do about it; follows "no answer from https://acme.okta.com: ". */
    readonly text: string;
    /** Whether to retry, see Failure. */
    readonly again: "always" | "if-repeatable" | "never";
}

/**
 * The problem of a failed connection, for faults of proxies and of TLS; undefined for others.
 *
 * @param error The thrown error; the fault may be its cause, at any depth.
 */
export function connectionProblem(error: unknown): Problem | undefined {
    const fault = faultIn(error);
    const { proxy } = fault;
    if (proxy?.isToBlame) return proxyProblem(proxy, fault);
    const text = tlsProblem(fault);
    if (text === undefined) return undefined;
    // The connection that was reset may be another one than the one that was checked afterwards.
    if (fault.isInHandshake === true) return { text, again: "if-repeatable" };
    return { text, again: /closed the connection/.test(text) ? "always" : "never" };
}

/**
 *   answer to CONNECT   because
 *   407                 it requires a user and a password, or others than those sent
 *   403, other 4xx      its rules do not allow the host
 *   5xx                 it could not reach the host
 *   none                it could not be reached itself
 */
function proxyProblem({ name, setting, hasPassword, status, target }: FaultyProxy, fault: ConnectionFault): Problem {
    const which = `the proxy ${name} (from ${setting})`;
    if (status === 407) {
        const todo = hasPassword
            ? `does not take the user and the password in ${setting}: check them`
            : `wants a user and a password: write them into ${setting}, as http://user:password@host:port`;
        return { text: `${which} ${todo} (407)`, again: "never" };
    }
    if (status !== undefined && status >= 500) {
        const text = `${which} could not reach ${target} (${status}): check the name, or ask the operator of the proxy`;
        return { text, again: "always" };
    }
    if (status !== undefined) {
        const todo = `ask its operator, or put the host into NO_PROXY if it can be reached without`;
        return { text: `${which} does not allow ${target} (${status}): ${todo}`, again: "never" };
    }
    const code = String(fault.code ?? fault.message ?? "no reason given");
    const reason = PROXY_REASONS[code] ?? tlsProblem(fault) ?? `the connection to it was lost (${code})`;
    return {
        text: `${which} cannot be used: ${reason}`,
        again: PROXY_REASONS[code] === undefined ? "never" : "always",
    };
}

const PROXY_REASONS: Readonly<Record<string, string>> = {
    ECONNREFUSED: "the connection was refused; check the address, and that it runs",
    ENOTFOUND: "there is no host of this name; check the address",
    EAI_AGAIN: "its name could not be looked up; check the network's DNS",
    ETIMEDOUT: "it did not answer in time; check the address, and that it runs",
    ECONNRESET: "it closed the connection before it answered",
};

/** @param what What the file has to hold: `it`. */
function trustIt({ authorities }: ConnectionFault, what: string): string {
    if (authorities === undefined) return `set NODE_EXTRA_CA_CERTS to a PEM file with ${what}, and start again`;
    const { file, problem } = authorities;
    return problem === undefined
        ? `add ${what} to ${file}, which NODE_EXTRA_CA_CERTS names and which lacks it, and start again`
        : `correct NODE_EXTRA_CA_CERTS, which names ${file}: ${problem}`;
}

/** Codes of OpenSSL and Node, and, if two share a code, words of the message. */
const TLS_FAULTS: readonly (readonly [fault: RegExp, words: (fault: ConnectionFault) => string])[] = [
    [/^CERT_HAS_EXPIRED\b/, expired],
    [/^CERT_NOT_YET_VALID\b/, notYetValid],
    [
        /^DEPTH_ZERO_SELF_SIGNED_CERT\b/,
        (fault) => `its TLS certificate is self-signed; if it is meant to be, ${trustIt(fault, "it")}`,
    ],
    [/^(SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_GET_ISSUER_CERT|UNABLE_TO_GET_ISSUER_CERT_LOCALLY)\b/, unknownAuthority],
    [/^UNABLE_TO_VERIFY_LEAF_SIGNATURE\b/, unknownAuthority],
    [/^ERR_TLS_CERT_ALTNAME_INVALID\b/, wrongName],
    [/^CERT_REVOKED\b/, () => "its TLS certificate was revoked; its operator has to replace it"],
    [
        /^(CERT_|INVALID_CA|PATH_LENGTH|HOSTNAME_MISMATCH|\S+_CERT_)/,
        ({ code }) => `its TLS certificate is not valid (${code})`,
    ],
    [
        /UNSUPPORTED_PROTOCOL|ALERT_PROTOCOL_VERSION|unsupported protocol|tlsv1 alert protocol version/,
        () => "it has no version of TLS in common with us: 1.2 or later is needed",
    ],
    [
        /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|wrong version number|packet length too long/,
        () => "what answers on this port does not speak TLS, but perhaps plain http; check the port and the address",
    ],
    [
        /ALERT_CERTIFICATE_REQUIRED|ALERT_BAD_CERTIFICATE|certificate required/,
        () => "it wants a certificate of the client, which Zonekeeper does not have",
    ],
    [
        /HANDSHAKE_FAILURE|NO_SHARED_CIPHER|handshake failure/,
        () => "it refused the TLS handshake: there is no cipher in common, or it wants a certificate of the client",
    ],
    [
        /before secure TLS connection was established/,
        () =>
            "it closed the connection during the TLS handshake; a firewall may have done so, or the port is another one's",
    ],
    [
        /^HPE_|Parse Error/,
        () => "what answers on this port does not speak HTTP, but perhaps TLS; check http:// and the port",
    ],
    [/^(ERR_SSL|ERR_TLS|EPROTO)/, ({ code }) => `the TLS handshake failed (${code}); check the address`],
];

const RESET =
    "it, or a firewall before it, reset the connection during the TLS handshake; check the port, and ask the operator of the firewall";

function tlsProblem(fault: ConnectionFault): string | undefined {
    if (fault.isInHandshake === true) return RESET;
    const said = `${fault.code ?? ""} ${fault.message ?? ""}`;
    return TLS_FAULTS.find(([pattern]) => pattern.test(said.trim()))?.[1](fault);
}

function expired({ chain = [] }: ConnectionFault): string {
    const [first] = [...chain].sort((a, b) => Date.parse(a.validTo) - Date.parse(b.validTo));
    const since = first === undefined ? "" : `, since ${first.validTo}`;
    return `${ownOr(first, chain)} has expired${since}; its operator has to renew it, unless the clock here is wrong`;
}

function notYetValid({ chain = [] }: ConnectionFault): string {
    const [last] = [...chain].sort((a, b) => Date.parse(b.validFrom) - Date.parse(a.validFrom));
    const from = last === undefined ? "" : `: it begins at ${last.validFrom}`;
    return `${ownOr(last, chain)} is not yet valid${from}; check the clock here`;
}

/** The server's own certificate, or that of an authority above it. */
function ownOr(one: CertificateFacts | undefined, chain: readonly CertificateFacts[]): string {
    return one === undefined || one === chain[0]
        ? "its TLS certificate"
        : `the certificate of the authority "${one.subject}" behind its TLS certificate`;
}

function unknownAuthority(fault: ConnectionFault): string {
    const { chain = [] } = fault;
    const issuer = chain.at(-1)?.issuer;
    const by = issuer === undefined ? "an authority" : `the authority "${issuer}"`;
    return `its TLS certificate is from ${by} that is not known here; if a proxy opens TLS, or it is your own, ${trustIt(fault, "the certificate of that authority")}`;
}

function wrongName({ cert, host }: ConnectionFault): string {
    const names = (cert?.subjectaltname ?? "").split(/,\s*/).map((name) => name.replace(/^(DNS|IP Address):/, ""));
    const listed = names.filter((name) => name !== "");
    const has =
        listed.length === 0 ? "no name" : `${listed.slice(0, 5).join(", ")}${listed.length > 5 ? " and others" : ""}`;
    const asked = typeof host === "string" ? `, not for ${host}` : "";
    return `its TLS certificate is for ${has}${asked}; check the address`;
}
