import { fail } from "../../core/errors/errors";

/**
 * Throws for an aborted signal: its reason, if the caller aborted it.
 *
 * @throws `okta-unreachable` if its time-out has passed
 */
export function stopped(label: string, where: string, { reason }: AbortSignal): never {
    if (!(reason instanceof Error && reason.name === "TimeoutError")) throw reason;
    fail(
        "okta-unreachable",
        `${label}: no answer from ${where} in the time that was allowed for it; try again, and if it stays, look at status.okta.com`,
        {
            cause: reason,
        },
    );
}
