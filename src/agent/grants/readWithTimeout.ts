import type { Clock } from "../../clock";
import { coded } from "../../core/errors/errors";
import type { Reading } from "../../core/grants/grantsDocument";
import type { GrantSource } from "../../sources/source";
import { withTimeout } from "../withTimeout";

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
    const late = `cannot read grants from ${source.name}: no answer within ${READ_MS / 1000} s`;
    return withTimeout(source.read.bind(source), {
        clock,
        signal,
        ms: READ_MS,
        late: () => coded("source-unreadable", late),
    });
}
