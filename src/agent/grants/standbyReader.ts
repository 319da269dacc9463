import type { Clock } from "../../clock";
import { sentenceOf } from "../../core/errors/codes";
import { isCoded } from "../../core/errors/errors";
import type { Reading } from "../../core/grants/grantsDocument";
import type { Prepared } from "../../core/membership/preparedReading";
import type { GrantSource } from "../../sources/source";
import { createWakeup } from "../wakeup";
import type { Overheard, SourceHealth } from "./overheard";
import { readWithTimeout } from "./readWithTimeout";

export interface StandbyReaderOptions {
    readonly source: GrantSource;
    readonly clock: Clock;
    readonly pollMs: number;
    /** Prepares what `onRead` does with a reading; undefined where that is not worth it. @default nothing is prepared */
    readonly prepare?: (reading: Reading, signal: AbortSignal) => Promise<Prepared> | undefined;
    /** Receives each reading. */
    readonly onRead: (reading: Reading, prepared?: Prepared) => void;
}

/**
 * Reads the source while another agent leads. After a takeover the agent then knows the grants
 * and their ends, even if the source cannot be read just then.
 */
export interface StandbyReader {
    /**
     * Reads at the interval, and a second after the last read if the source emits a change hint, until the signal aborts. A
     * failed read is kept as the problem.
     *
     * @throws an error without a code, which is a bug
     */
    run(signal: AbortSignal): Promise<void>;
    /** When it was last read, and why it cannot be read now. */
    health(): Pick<SourceHealth, "lastReadAtMs" | "problem" | "failingSinceMs">;
    /** What was read, or failed, since the previous call; an older reading may be superseded by another leader. */
    take(): Overheard | undefined;
}

/** The wait before the first read: an agent that leads immediately reads the source itself. */
const FIRST_WAIT_MS = 1000;

/** The pause between two reads, however many hints there are: the leader reads at each of them. */
const PAUSE_MS = 1000;

export function openStandbyReader({ source, clock, pollMs, prepare, onRead }: StandbyReaderOptions): StandbyReader {
    let latest: Overheard["latest"];
    let failing: { readonly error: Error; readonly sinceMs: number } | undefined;

    async function read(signal: AbortSignal): Promise<void> {
        try {
            const reading = await readWithTimeout(source, clock, signal);
            [latest, failing] = [{ reading, readAtMs: clock.now() }, undefined];
            const preparing = prepare?.(reading, signal);
            if (preparing === undefined) onRead(reading);
            else onRead(reading, await preparing);
        } catch (error) {
            if (signal.aborted) return;
            if (!isCoded(error)) throw error;
            failing = { error, sinceMs: failing?.sinceMs ?? clock.now() };
        }
    }

    return {
        health: () => ({
            lastReadAtMs: latest?.readAtMs,
            problem: failing && sentenceOf(failing.error),
            failingSinceMs: failing?.sinceMs,
        }),
        take() {
            if (latest === undefined && failing === undefined) return undefined;
            const heard = { latest, failure: failing?.error };
            [latest, failing] = [undefined, undefined];
            return heard;
        },
        async run(signal) {
            const hints = createWakeup(clock);
            const over = new AbortController();
            let bug: { readonly thrown: unknown } | undefined;
            // What it closes at the end is not waited for: this agent is to lead.
            if (!source.isKept) source.watch?.(hints.ring, over.signal).catch((thrown: unknown) => (bug = { thrown }));
            try {
                await clock.sleep(FIRST_WAIT_MS, signal).catch(() => {});
                while (!signal.aborted) {
                    if (bug !== undefined) throw bug.thrown;
                    if (!source.isKept) await read(signal);
                    await clock.sleep(Math.min(PAUSE_MS, pollMs), signal).catch(() => {});
                    await hints.sleep(Math.max(0, pollMs - PAUSE_MS), signal).catch(() => {});
                }
            } finally {
                over.abort();
            }
        },
    };
}
