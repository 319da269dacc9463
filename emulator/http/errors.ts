import { type Document, isDocument } from "../state/document";

/** An answer other than success, before it has its `errorId`. */
export interface Refusal {
    readonly status: number;
    readonly code: string;
    readonly summary: string;
    readonly causes: readonly string[];
    readonly headers: Readonly<Record<string, string>>;
    /** Replaces Okta's usual body: the token endpoint has a form of its own. */
    readonly body?: Document;
}

/**
 * Ends the handling of a request with one of Okta's errors.
 *
 *   status  code      when
 *   400     E0000001  a field is wrong: see invalid
 *   400     E0000003  the body is not JSON
 *   400     E0000019  the body is of another type than JSON
 *   400     E0000029  the cursor of a list is wrong
 *   400     E0000031  the filter of a list is wrong
 *   401     E0000011  the SSWS token is wrong, revoked or expired
 *   401     E0000005  the OAuth access token or its proof is wrong
 *   403     E0000006  the token may not do this
 *   404     E0000007  there is no such thing: see missing
 *   404     E0000008  there is no such path
 *   405     E0000022  the path has no such method
 *   429     E0000047  too many calls in the window
 *   500     E0000009  a bug of the emulator
 */
export function refuse(
    status: number,
    code: string,
    summary: string,
    rest: Partial<Pick<Refusal, "causes" | "headers" | "body">> = {},
): never {
    const refusal: Refusal = { causes: [], headers: {}, ...rest, status, code, summary };
    throw Object.assign(new Error(summary), { refusal });
}

/** A field of the request is wrong: 400 E0000001, the useful sentence in the cause. */
export function invalid(field: string, cause: string): never {
    return refuse(400, "E0000001", `Api validation failed: ${field}`, { causes: [`${field}: ${cause}`] });
}

/** There is no such thing: 404 E0000007. @param kind Okta's name for such things: `NetworkZone`, `Policy`, … */
export function missing(id: string, kind: string): never {
    return refuse(404, "E0000007", `Not found: Resource not found: ${id} (${kind})`);
}

/** The caller's rights do not reach so far: 403 E0000006. */
export function forbid(headers: Readonly<Record<string, string>> = {}): never {
    return refuse(403, "E0000006", "You do not have permission to perform the requested action", { headers });
}

/** The refusal that an error carries, if it is one. */
export function refusalOf(error: unknown): Refusal | undefined {
    const { refusal } = error as { refusal?: unknown };
    return error instanceof Error && isDocument(refusal) ? (refusal as unknown as Refusal) : undefined;
}

/** Okta's error body: `errorLink` repeats the code. */
export function errorBody({ code, summary, causes }: Pick<Refusal, "code" | "summary" | "causes">, errorId: string) {
    return {
        errorCode: code,
        errorSummary: summary,
        errorLink: code,
        errorId,
        errorCauses: causes.map((errorSummary) => ({ errorSummary })),
    };
}
