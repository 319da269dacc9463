import type { Clock } from "../../clock";
import { sentenceOf } from "../../core/errors/codes";
import { isCoded } from "../../core/errors/errors";
import type { Reading } from "../../core/grants/grantsDocument";
import type { GrantSource } from "../../sources/source";
import { readInTime } from "./readInTime";

export interface StandingByOptions {
    readonly source: GrantSource;
    readonly clock: Clock;
    readonly pollMs: number;
}

/**
 * Reads the source while another agent leads. Whoever takes over then knows who is granted
 * and until when, even if the source cannot be read just then.
 */
export interface StandingBy {
    /**
     * Reads at the interval until the signal aborts. That the source cannot be read is kept as the problem.
     *
     * @throws an error without a code, which is a bug
     */
    run(signal: AbortSignal): Promise<void>;
    latest(): Overheard | undefined;
    /** Why the last read failed, and since when reads have; undefined when it did not. */
    problem(): { readonly why: string; readonly sinceMs: number } | undefined;
}

/** What a source said to an agent that did not lead. */
export interface Overheard {
    readonly reading: Reading;
    readonly readAtMs: number;
}

/** An agent that leads at once reads the source then, and need not have begun to read it before. */
const FIRST_WAIT_MS = 1000;

export function openStandingBy({ source, clock, pollMs }: StandingByOptions): StandingBy {
    let latest: Overheard | undefined;
    let problem: ReturnType<StandingBy["problem"]>;

    async function read(signal: AbortSignal): Promise<void> {
        try {
            const reading = await readInTime(source, clock, signal);
            [latest, problem] = [{ reading, readAtMs: clock.now() }, undefined];
        } catch (error) {
            if (signal.aborted) return;
            if (!isCoded(error)) throw error;
            problem = { why: sentenceOf(error), sinceMs: problem?.sinceMs ?? clock.now() };
        }
    }

    return {
        latest: () => latest,
        problem: () => problem,
        async run(signal) {
            let waitMs = FIRST_WAIT_MS;
            while (!signal.aborted) {
                await clock.sleep(waitMs, signal).catch(() => {});
                if (!signal.aborted && !source.isKept) await read(signal);
                waitMs = pollMs;
            }
        },
    };
}
