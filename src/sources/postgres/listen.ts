import type { Notification } from "pg";

import { backoffMs } from "../../core/time/backoff";
import type { Waiting } from "../http/retry";
import type { Connection } from "./connect";
import { quoteName } from "./table";

export interface ListenOptions extends Waiting {
    readonly channel: string;
    readonly connect: (signal: AbortSignal) => Promise<Connection>;
    /** Uses the listening session for more than hints. @default hints only */
    readonly session?: ListeningSession;
}

export interface ListeningSession {
    /** Called before the first `wake` of a connection, which listens already. */
    begins(connection: Connection): Promise<void>;
    /** Receives each notification. @returns whether it is a hint, so that `wake` is called */
    heard(message: Pick<Notification, "channel" | "payload">): boolean;
    /** The connection is closed: notifications may be lost from now on. */
    ends(): void;
}

/** How often an idle connection is checked. */
const HEARTBEAT_MS = 30_000;

/** The pause after the first failure, which doubles with each one, and the longest. */
const PAUSES = { firstMs: 1_000, longestMs: 20_000 };

/** Takes every notification as a hint. */
const HINTS_ONLY: ListeningSession = { begins: async () => {}, heard: () => true, ends() {} };

/**
 * Calls `wake` for each notification on a channel, until the signal aborts; and once
 * whenever it begins to listen, as earlier notifications are lost.
 */
export async function listen(options: ListenOptions, wake: () => void, signal: AbortSignal): Promise<void> {
    const { sleep, random } = options;
    let failures = 0;
    const hint = () => {
        if (!signal.aborted) wake();
    };
    try {
        while (!signal.aborted) {
            await listenOnce(options, signal, {
                begins() {
                    failures = 0;
                    hint();
                },
                hint,
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
    { channel, connect, sleep, session = HINTS_ONLY }: ListenOptions,
    signal: AbortSignal,
    { begins, hint }: { readonly begins: () => void; readonly hint: () => void },
): Promise<void> {
    const lost = new AbortController();
    const lose = () => {
        session.ends();
        lost.abort();
    };
    let connection: Connection | undefined;
    signal.addEventListener("abort", lose);
    try {
        const opened = await connect(signal);
        connection = opened;
        opened.on("end", lose);
        lost.signal.addEventListener("abort", () => void opened.end().catch(() => {}));
        opened.on("notification", (message) => {
            if (session.heard(message)) hint();
        });
        await opened.query(`LISTEN ${quoteName(channel)}`);
        await session.begins(opened);
        begins();
        for (;;) {
            await sleep(HEARTBEAT_MS, lost.signal);
            await opened.query("SELECT 1");
        }
    } catch {
        return;
    } finally {
        session.ends();
        signal.removeEventListener("abort", lose);
        await connection?.end().catch(() => {});
    }
}
