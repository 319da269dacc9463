import { connectionProblem as knownProblem } from "../../core/outgoing/connectionProblem";
import { networkProblem } from "../../core/outgoing/networkProblem";

/** Only the form in seconds; the other form, a date, needs a clock that agrees with the server's. */
export function retryAfterMs(headers: Headers): number {
    const text = headers.get("retry-after") ?? "";
    return /^\d{1,6}$/.test(text) ? Number(text) * 1000 : 0;
}

/** Whether a retry may succeed. Errors that will be the same in a second are not retried. */
export function mayAskAgain(error: unknown): boolean {
    return (knownProblem(error) ?? networkProblem(error))?.again !== "never";
}

/** The reason of a failed fetch, which is in its cause; its message is only "fetch failed". */
export function connectionProblem(error: unknown): string {
    const known = knownProblem(error) ?? networkProblem(error);
    if (known !== undefined) return `no connection: ${known.text}`;
    const { cause, message } = error as Error;
    const { code, message: inner } = (cause ?? {}) as Partial<NodeJS.ErrnoException>;
    return `no connection: ${inner || code || message}`;
}

/** What to say when nothing, or not all, came in time. */
export function silence(timeoutMs: number): string {
    return `no whole answer within ${timeoutMs / 1000} s; check that this machine reaches the server, and what keeps it busy`;
}

/** What to say of a 429 or a 5xx. */
export function busy(status: number): string {
    const remedy =
        status === 429 ? "it is asked too often: see who else reads it" : "see to that server, or try again later";
    return `it answers ${status}; ${remedy}`;
}
