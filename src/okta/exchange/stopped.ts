import { fail } from "../../core/errors/errors";

/**
 * Throws on behalf of a caller who has stopped waiting: the reason of the signal
 * where he did so by hand, which is his to handle.
 *
 * @throws `okta-unreachable` where the time that he had allowed has passed
 */
export function stopped(label: string, where: string, { reason }: AbortSignal): never {
    if (!(reason instanceof Error && reason.name === "TimeoutError")) throw reason;
    fail("okta-unreachable", `${label}: no answer from ${where} in the time that was allowed for it`, {
        cause: reason,
    });
}
