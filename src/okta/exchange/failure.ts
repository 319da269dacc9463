import { connectionProblem } from "../../core/outgoing/connectionProblem";

/** An attempt without a usable answer. */
export interface Failure {
    /** What happened and what to do about it; follows "PUT /api/v1/zones/nzo1: ". */
    readonly problem: string;
    /**
     * Whether to retry: `always` if Okta cannot have received the request, `if-repeatable` if it may have,
     * `never` if a retry would fail in the same way.
     */
    readonly again: "always" | "if-repeatable" | "never";
    readonly cause?: unknown;
    /** Whether nothing came in time. @default false */
    readonly isSilence?: boolean;
}

const WAY = "check the address, and that no firewall is in between";

const LATER = "try again; if it stays, look at status.okta.com";

const CHECK_NAME = "check orgName and baseUrl";

/** Problems for error codes of Node and its fetch. For TLS and proxies see connectionProblem. */
const CONNECTION_ERRORS: readonly (readonly [code: RegExp, problem: string, again: Failure["again"]])[] = [
    [/^ECONNREFUSED$/, `the connection was refused; ${WAY}`, "always"],
    [/^ENOTFOUND$/, `there is no host of this name; ${CHECK_NAME}`, "never"],
    [/^EAI_AGAIN$/, "the name could not be looked up; check the network's DNS", "always"],
    [/^UND_ERR_(INVALID_ARG|NOT_SUPPORTED)$/, `the request could not be formed; ${CHECK_NAME}`, "never"],
    [/^bad port$/, "Node asks no server at this port, as browsers do not; use another port", "never"],
    [/^UND_ERR_CONNECT_TIMEOUT$|^ETIMEDOUT$/, `it did not accept the connection in time; ${WAY}`, "always"],
];

/** The failure for an error of fetch. */
export function connectionFailure(cause: unknown, where: string): Failure {
    const known = connectionProblem(cause);
    if (known !== undefined) return { problem: `no answer from ${where}: ${known.text}`, again: known.again, cause };
    const code = codeIn(cause);
    const [, problem, again] = CONNECTION_ERRORS.find(([pattern]) => pattern.test(code)) ?? [
        undefined,
        `the connection was lost (${code}); ${LATER}, and at what is in between`,
        "if-repeatable" as const,
    ];
    return { problem: `no answer from ${where}: ${problem}`, again, cause };
}

export function timeoutFailure(timeoutMs: number, where: string): Failure {
    const problem = `no answer from ${where} within ${timeoutMs / 1000} s; ${WAY}; if it stays, look at status.okta.com`;
    return { problem, again: "if-repeatable", isSilence: true };
}

/** The failure for a 5xx answer. @param reason What Okta says, with its request id. */
export function serverFailure(reason: string): Failure {
    return { problem: `${reason}; the failure is Okta's own: ${LATER}`, again: "if-repeatable" };
}

/** The failure for an answer that is not JSON. */
export function notJsonFailure(status: number, where: string): Failure {
    return {
        problem: `${status}, but the answer of ${where} is not JSON, so this is not Okta's API; ${CHECK_NAME}`,
        again: "never",
    };
}

export function tooLongFailure(maxBytes: number, where: string): Failure {
    const problem = `the answer of ${where} is longer than ${maxBytes / 1024 / 1024} MB, so this is hardly Okta's API; ${CHECK_NAME}`;
    return { problem, again: "never" };
}

/** The failure for a redirect. Redirects are not followed, as the credential would be sent to their target. */
export function redirectFailure(status: number, location: string | null, where: string): Failure {
    const target = location !== null && URL.canParse(location, where) ? ` to ${new URL(location, where).origin}` : "";
    return { problem: `${status}, ${where} redirects${target}, which is not followed; ${CHECK_NAME}`, again: "never" };
}

/**
 * The code of the innermost cause, or its message if there is no code. fetch throws a TypeError
 * whose cause has the code; for several addresses of one host that is an AggregateError.
 */
function codeIn(error: unknown): string {
    const { code, cause, errors, message } = (error ?? {}) as Record<string, unknown>;
    if (typeof code === "string" && code !== "") return code;
    if (cause !== undefined) return codeIn(cause);
    if (Array.isArray(errors) && errors.length > 0) return codeIn(errors[0]);
    return typeof message === "string" ? message : "unknown";
}
