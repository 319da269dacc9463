import { fail, hasCode } from "../core/errors/errors";

/**
 * Rethrows the failure of a read as `source-unreadable`.
 *
 * @param signal The caller's: when it is aborted, that is the reason, whatever was thrown.
 * @param words The problem, for an expected error; undefined for a bug, which is rethrown as it is.
 * @throws `source-unreadable`
 */
export function unreadable(
    name: string,
    cause: unknown,
    signal: AbortSignal,
    words: (cause: unknown) => string | undefined,
): never {
    const reason = signal.aborted
        ? "it was stopped before there was an answer"
        : hasCode(cause, "source-unreadable", "bad-input")
          ? cause.message
          : words(cause);
    if (reason === undefined) throw cause;
    return fail("source-unreadable", `cannot read grants from ${name}: ${reason}`, { cause });
}
