import { type CodedError, hasCode } from "../../core/errors/errors";

/** An answer of Okta's that refuses a request, as an error. */
export interface RefusedError extends CodedError {
    /** Of the answer, such as 404. */
    readonly status: number;
    /** Path and query of the request. */
    readonly path: string;
}

/** The token endpoint. Other paths below /oauth2/, such as those of an app's roles, are called with an access token. */
export const TOKEN_PATH = "/oauth2/v1/token";

/** Whether Okta refused an access token to an OAuth app. */
export function isTokenRefused(error: unknown): boolean {
    return hasCode(error, "okta-forbidden") && (error as Partial<RefusedError>).path === TOKEN_PATH;
}

/** Whether Okta answered 404. */
export function isMissing(error: unknown): boolean {
    return hasCode(error, "okta-refused", "zone-missing") && (error as Partial<RefusedError>).status === 404;
}
