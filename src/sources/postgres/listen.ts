import { backoffMs } from "../../core/time/backoff";
import type { Waiting } from "../http/retry";
import type { Connection } from "./connect";
import { quoteName } from "./table";

export interface ListenOptions extends Waiting {
    readonly channel: string;
    readonly connect: (signal: AbortSignal) => Promise<Connection>;
}

/** How often an idle connection is checked. */
const HEARTBEAT_MS = 30_000;

/** The pause after the first failure, which doubles with each one, and the longest. */
const PAUSES = { firstMs: 1_000, longestMs: 20_000 };

/**
 * Calls `wake` for each notification on a channel, until the signal aborts; and once
 * whenever it begins to listen, as earlier notifications are lost.
 */
export async function listen(options: ListenOptions, wake: () => void, signal: AbortSignal): Promise<void> {
    const { sleep, random } = options;
    let failures = 0;
    const heard = () => {
        if (!signal.aborted) wake();
    };
    try {
        while (!signal.aborted) {
            await listenOnce(options, signal, {
                begins() {
                    failures = 0;
                    heard();
                },
                heard,
            });
            failures += 1;
            const pauseMs = backoffMs(failures, PAUSES, random());
            if (!signal.aborted) await sleep(pauseMs, signal);
        }
    } catch (error) {
        if (!signal.aborted) throw error;
    }
}

/**
 * Listens until the connection is lost, which is not an error here: reads continue without hints, and report what is
 * wrong.
 */
async function listenOnce(
    { channel, connect, sleep }: ListenOptions,
    signal: AbortSignal,
    { begins, heard }: { readonly begins: () => void; readonly heard: () => void },
): Promise<void> {
    const lost = new AbortController();
    const lose = () => lost.abort();
    let connection: Connection | undefined;
    signal.addEventListener("abort", lose);
    try {
        const opened = await connect(signal);
        connection = opened;
        opened.on("end", lose);
        lost.signal.addEventListener("abort", () => void opened.end().catch(() => {}));
        opened.on("notification", heard);
        await opened.query(`LISTEN ${quoteName(channel)}`);
        begins();
        for (;;) {
            await sleep(HEARTBEAT_MS, lost.signal);
            await opened.query("SELECT 1");
        }
    } catch {
        return;
    } finally {
        signal.removeEventListener("abort", lose);
        await connection?.end().catch(() => {});
    }
}
