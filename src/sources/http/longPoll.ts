import { backoffMs } from "../../core/time/backoff";
import type { Waiting } from "./retry";

/** The result of a request that the server was asked to hold until there is a new document. */
export type Held =
    /** There is a new document, with this ETag if it has one. */
    | { readonly outcome: "changed"; readonly etag: string | undefined }
    /** There was no new document while the request was held. */
    | { readonly outcome: "same" }
    /** The server does not hold requests: it answers immediately. */
    | { readonly outcome: "not-held" }
    | { readonly outcome: "failed" };

export interface LongPollOptions extends Waiting {
    /** The ETag of the document that was read last; undefined where there is none. */
    readonly etag: () => string | undefined;
    /** Requests a document other than that of this ETag; never rejects. */
    readonly hold: (etag: string, signal: AbortSignal) => Promise<Held>;
}

/** How often to check whether there is an ETag. */
const IDLE_MS = 1000;

/** At most four requests a second, however fast a server answers. */
const SHORTEST_MS = 250;

/** When to ask a server that does not hold requests again: it may have been replaced. */
const AGAIN_MS = 600_000;

/** The pause after the first failure, which doubles with each one, and the longest. */
const PAUSES = { firstMs: 1000, longestMs: 60_000 };

/**
 * Calls `wake` when a server that holds requests reports a new document, until the
 * signal aborts. There is one request at a time.
 */
export async function longPoll(options: LongPollOptions, wake: () => void, signal: AbortSignal): Promise<void> {
    const { sleep, random } = options;
    let failures = 0;
    /** The latest document of the server, which may be unreadable. */
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
