import { hasCode } from "../../core/errors/errors";
import type { Zone } from "./zones";

export interface VerifiedWriteOptions {
    /** Sends the write. */
    readonly write: () => Promise<unknown>;
    /** Reads the zone that was written. */
    readonly read: () => Promise<Zone>;
    /** Whether the read shows the result of the write; if not, the read may be stale. */
    readonly isSettled: (seen: Zone) => boolean;
    /** How often to read if the answer to the write was lost. @default "once" */
    readonly whenLost?: "once" | "as-after-200";
    readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
    readonly signal: AbortSignal;
}

export interface VerifiedWrite {
    /** The zone as it was read last. */
    readonly seen: Zone;
    /** The `okta-unreachable` of a write whose answer was lost, so that it may have been carried out or not. */
    readonly lost: unknown;
}

/** How long to wait before each further read of a zone that does not show a write yet. */
const READS_MS = [250, 500, 1000, 2000];

/**
 * Sends one write of a zone, then reads the zone until it shows the result.
 *
 *   after the write   then
 *   200               read until it is settled, for four seconds at most, as a read may be stale
 *   no answer         read once: the caller decides whether to write again
 *   refused           the refusal is thrown, the zone is as it was
 *
 * @throws what reading and writing throw, except for a lost answer to the write
 */
export async function writeAndVerify(options: VerifiedWriteOptions): Promise<VerifiedWrite> {
    const { write, read, isSettled, whenLost = "once", sleep, signal } = options;
    const lost = await write().then(
        () => undefined,
        (error: unknown) => error,
    );
    if (lost !== undefined && !hasCode(lost, "okta-unreachable")) throw lost;
    const isOnce = lost !== undefined && whenLost === "once";
    let seen = await read();
    for (const waitMs of isOnce ? [] : READS_MS) {
        if (isSettled(seen)) break;
        await sleep(waitMs, signal);
        seen = await read();
    }
    return { seen, lost };
}
