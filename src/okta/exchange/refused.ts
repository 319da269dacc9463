import { type CodedError, hasCode } from "../../core/errors/errors";

/** An answer of Okta's that refuses a request, as an error. */
export interface RefusedError extends CodedError {
    /** Of the answer, such as 404. */
    readonly status: number;
}

/** Whether Okta says that what was asked for is not there. */
export function isMissing(error: unknown): boolean {
    return hasCode(error, "okta-refused", "zone-missing") && (error as Partial<RefusedError>).status === 404;
}
