/** The facts about a certificate for a message. Times as Node has them, or ISO 8601. */
export interface CertificateFacts {
    /** The common name, or a replacement for it. */
    readonly subject: string;
    readonly issuer: string;
    /** ISO 8601. */
    readonly validFrom: string;
    readonly validTo: string;
}

/** What outgoing requests add to an error of Node. */
export interface ConnectionFault {
    readonly code?: unknown;
    readonly message?: unknown;
    /** The certificates of the server, its own first. */
    readonly chain?: readonly CertificateFacts[];
    /** The file of NODE_EXTRA_CA_CERTS, for a certificate that is not trusted. */
    readonly authorities?: ExtraAuthorities;
    /** Whether the connection was reset before TLS had begun. */
    readonly isInHandshake?: boolean;
    /** The proxy that the request went through. */
    readonly proxy?: FaultyProxy;
    /** For `ERR_TLS_CERT_ALTNAME_INVALID`, from Node. */
    readonly cert?: { readonly subjectaltname?: string | undefined };
    readonly host?: unknown;
}

/** What NODE_EXTRA_CA_CERTS names. */
export interface ExtraAuthorities {
    readonly file: string;
    /** Why it adds no authority: `there is no such file`. */
    readonly problem?: string;
}

export interface FaultyProxy {
    /** `http://proxy.example.com:3128` */
    readonly name: string;
    readonly setting: string;
    readonly hasPassword: boolean;
    /** Whether the proxy itself failed, and not the server behind it. */
    readonly isToBlame: boolean;
    /** Its answer to CONNECT, if that was not 200. */
    readonly status?: number;
    /** The requested host and port. */
    readonly target: string;
}

/**
 * The error deepest inside that has a code; fetch throws a TypeError around it, several addresses an AggregateError.
 */
export function faultIn(error: unknown): ConnectionFault {
    const { code, cause, errors, proxy } = (error ?? {}) as ConnectionFault & { cause?: unknown; errors?: unknown };
    if (proxy !== undefined || (typeof code === "string" && code !== "")) return error as ConnectionFault;
    if (cause !== undefined) return faultIn(cause);
    if (Array.isArray(errors) && errors.length > 0) return faultIn(errors[0]);
    return (error ?? {}) as ConnectionFault;
}
