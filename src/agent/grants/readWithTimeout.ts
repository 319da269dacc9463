import type { Clock } from "../../clock";
import { coded } from "../../core/errors/errors";
import type { Reading } from "../../core/grants/grantsDocument";
import type { GrantSource } from "../../sources/source";

/** The longest that one read may take. */
const READ_MS = 30_000;

/**
 * Reads a source, with a time-out of half a minute. A source that ignores its signal is not waited for.
 *
 * @throws `source-unreadable` after that time; the reason of `signal` as soon as that aborts; what the source throws
 */
export async function readWithTimeout(
    source: Pick<GrantSource, "name" | "read">,
    clock: Pick<Clock, "sleep">,
    signal: AbortSignal,
): Promise<Reading> {
    signal.throwIfAborted();
    const limit = new AbortController();
    const timer = new AbortController();
    const given = new Promise<never>((_, reject) => {
        limit.signal.addEventListener("abort", () => reject(limit.signal.reason), { once: true });
    });
    const stop = () => limit.abort(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    const late = `cannot read grants from ${source.name}: no answer within ${READ_MS / 1000} s`;
    clock.sleep(READ_MS, timer.signal).then(
        () => limit.abort(coded("source-unreadable", late)),
        () => {},
    );
    try {
        return await Promise.race([given, source.read(limit.signal)]);
    } finally {
        signal.removeEventListener("abort", stop);
        // With a reason, as otherwise each read would create an exception with a stack.
        timer.abort("read");
    }
}
