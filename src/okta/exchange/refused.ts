import { type CodedError, hasCode } from "../../core/errors/errors";

/** An answer of Okta's that refuses a request, as an error. */
export interface RefusedError extends CodedError {
    /** Of the answer, such as 404. */
    readonly status: number;
    /** Path and query of the request. */
    readonly path: string;
    /** What the token endpoint calls it: `access_denied`. @default another endpoint */
    readonly tokenError?: string;
}

/** The token endpoint. Other paths below /oauth2/, such as those of an app's roles, are called with an access token. */
export const TOKEN_PATH = "/oauth2/v1/token";

/** The word of the token endpoint for refusing an access token to an OAuth app: `invalid_scope`; undefined for any other error. */
export function tokenRefusal(error: unknown): string | undefined {
    if (!hasCode(error, "okta-forbidden", "okta-unauthorized", "okta-refused")) return undefined;
    const { path, tokenError = "" } = error as Partial<RefusedError>;
    return path === TOKEN_PATH ? tokenError : undefined;
}

/** Whether Okta answered 404. */
export function isMissing(error: unknown): boolean {
    return hasCode(error, "okta-refused", "zone-missing") && (error as Partial<RefusedError>).status === 404;
}
