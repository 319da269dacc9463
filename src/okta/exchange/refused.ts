import { type CodedError, hasCode } from "../../core/errors/errors";

/** An answer of Okta's that refuses a request, as an error. */
export interface RefusedError extends CodedError {
    /** Of the answer, such as 404. */
    readonly status: number;
    /** Path and query of the request. */
    readonly path: string;
}

/** Where an OAuth app gets its access tokens. Other paths below /oauth2/ are asked with one, such as those of an app's roles. */
export const TOKEN_PATH = "/oauth2/v1/token";

/** Whether what Okta refused is an access token for an OAuth app. */
export function isTokenRefused(error: unknown): boolean {
    return hasCode(error, "okta-forbidden") && (error as Partial<RefusedError>).path === TOKEN_PATH;
}

/** Whether Okta says that what was asked for is not there. */
export function isMissing(error: unknown): boolean {
    return hasCode(error, "okta-refused", "zone-missing") && (error as Partial<RefusedError>).status === 404;
}
