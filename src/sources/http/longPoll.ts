import { backoffMs } from "../../core/time/backoff";
import type { Waiting } from "./retry";

/** What came of a request that the server was asked to hold until there is something new. */
export type Held =
    /** There is another document now, with this ETag where it has one. */
    | { readonly outcome: "changed"; readonly etag: string | undefined }
    /** Nothing new for as long as it was held. */
    | { readonly outcome: "same" }
    /** The server does not hold requests: it answers at once. */
    | { readonly outcome: "not-held" }
    | { readonly outcome: "failed" };

export interface LongPollOptions extends Waiting {
    /** The ETag of the document that was read last; undefined where there is none. */
    readonly etag: () => string | undefined;
    /** Asks for whatever is not the document of this ETag; never rejects. */
    readonly hold: (etag: string, signal: AbortSignal) => Promise<Held>;
}

/** Whether there is something to ask with is looked up so often. */
const IDLE_MS = 1000;

/** Not more than four requests a second, however fast a server answers. */
const SHORTEST_MS = 250;

/** A server that does not hold requests may be another one by then. */
const AGAIN_MS = 600_000;

/** After the first failure and at most, doubling with each one. */
const PAUSES = { firstMs: 1000, longestMs: 60_000 };

/**
 * Wakes when a server that holds requests says that there is another document,
 * until the signal aborts. One request is under way at a time.
 */
export async function longPoll(options: LongPollOptions, wake: () => void, signal: AbortSignal): Promise<void> {
    const { sleep, random } = options;
    let failures = 0;
    /** What the server was last seen to have, which may be a document that cannot be read. */
    let seen: { readonly read: string; readonly now: string | undefined } | undefined;

    async function ask(etag: string, read: string): Promise<void> {
        const { outcome, ...held } = await options.hold(etag, signal);
        if (signal.aborted) return;
        failures = outcome === "failed" ? failures + 1 : 0;
        if (outcome === "changed") {
            seen = { read: options.etag() ?? read, now: "etag" in held ? held.etag : undefined };
            wake();
        }
        if (outcome === "not-held") await sleep(AGAIN_MS, signal);

        if (outcome === "failed") {
            const pauseMs = backoffMs(failures, PAUSES, random());
            await sleep(pauseMs, signal);
        }
    }

    try {
        while (!signal.aborted) {
            const read = options.etag();
            const etag = seen !== undefined && seen.read === read ? seen.now : read;
            if (etag === undefined || read === undefined) await sleep(IDLE_MS, signal);
            else await Promise.all([ask(etag, read), sleep(SHORTEST_MS, signal)]);
        }
    } catch (error) {
        if (!signal.aborted) throw error;
    }
}
