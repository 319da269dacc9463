import { fail, hasCode } from "../core/errors/errors";

/**
 * Rethrows whatever kept a source from being read as the one error that says so.
 *
 * @param signal The caller's: when it is aborted, that is the reason, whatever was thrown.
 * @param words What an error from outside means; undefined for one that is a bug of ours, which stays as it is.
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
