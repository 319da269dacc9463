/**
 * The names of errors, for programs.
 *
 *   code                what happened                                        retry later?
 *   bad-input           a call, a setting or a file of the user is wrong      no
 *   bad-range           a text is not an IPv4 address, CIDR or range          no
 *   file-unreadable     a file that a command was given could not be read     no
 *   source-unreadable   the grants could not be read                          yes
 *   ranges-unreadable   Okta's file of its own addresses could not be read    yes
 *   zone-missing        Okta has no zone with this id                         no
 *   zone-unfit          the zone cannot hold grants: a dynamic or system zone no
 *   group-unfit         there is no such group, or it cannot be a membership's no
 *   okta-unauthorized   Okta answered 401: it does not know the credential    no
 *   okta-forbidden      Okta answered 403: the credential may not do this     no
 *   okta-refused        Okta answered another 4xx, but not 429                no
 *   okta-throttled      Okta answered 429 until the time-out                 yes
 *   okta-unreachable    no answer, a 5xx, or an answer that is not JSON       yes
 *   write-unverified    Okta took a write, but the zone does not show it      yes
 *   ledger-unwritable   the ledger could not be written                       yes
 *   ledger-broken       the ledger was changed after it was written           no
 */
export type Code =
    | "bad-input"
    | "bad-range"
    | "file-unreadable"
    | "source-unreadable"
    | "ranges-unreadable"
    | "zone-missing"
    | "zone-unfit"
    | "group-unfit"
    | "okta-unauthorized"
    | "okta-forbidden"
    | "okta-refused"
    | "okta-throttled"
    | "okta-unreachable"
    | "write-unverified"
    | "ledger-unwritable"
    | "ledger-broken"
    | "portal-unavailable";

export type CodedError = Error & { readonly code: Code };

const TRANSIENT: readonly Code[] = [
    "source-unreadable",
    "ranges-unreadable",
    "okta-throttled",
    "okta-unreachable",
    "write-unverified",
    "ledger-unwritable",
];

/** Throws a plain Error with a code. The message is for people and holds no credential. */
export function fail(code: Code, message: string, options?: { readonly cause?: unknown }): never {
    throw coded(code, message, options);
}

/** The error that `fail` throws, as a value. */
export function coded(code: Code, message: string, options?: { readonly cause?: unknown }): CodedError {
    return Object.assign(new Error(message, options), { code });
}

export function hasCode(error: unknown, ...codes: readonly Code[]): error is CodedError {
    return error instanceof Error && codes.includes((error as CodedError).code);
}

/** Whether an error has a code. An error without one is a bug. */
export function isCoded(error: unknown): error is Error {
    return error instanceof Error && typeof (error as { readonly code?: unknown }).code === "string";
}

/** Whether the same call may succeed later. An error without a code is a bug, and is not. */
export function isTransient(error: unknown): boolean {
    return hasCode(error, ...TRANSIENT);
}
