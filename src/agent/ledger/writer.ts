import { fail } from "../../core/errors/errors";
import { type AppenderOptions, openAppender } from "./appender";
import type { Disk } from "./disk";
import type { LedgerEvent } from "./line";
import type { LedgerState } from "./open";
import { unwritable } from "./unwritable";

export interface WriterOptions extends AppenderOptions {
    /** Events that are recorded before the first one. */
    readonly first: readonly LedgerEvent[];
}

/** Records events in the order of the calls; those of concurrent calls share one sync. */
export interface Writer {
    /** What would survive a crash now. */
    readonly state: LedgerState;
    /** Resolves when the event would survive a crash. @throws `ledger-unwritable` */
    append(event: LedgerEvent): Promise<void>;
    /** Completes what is being recorded; later calls are refused. */
    close(): Promise<void>;
}

interface Waiting {
    readonly event: LedgerEvent;
    readonly resolve: () => void;
    readonly reject: (reason: unknown) => void;
}

/** The most events of one sync; more wait for the next. */
const MOST_AT_ONCE = 256;

export function openWriter(options: WriterOptions): Writer {
    const appender = openAppender(options);
    let first = options.first;
    let waiting: Waiting[] = [];
    let isClosed = false;
    let work: Promise<void> | undefined;

    async function run(): Promise<void> {
        while (waiting.length > 0) {
            const batch = waiting.splice(0, MOST_AT_ONCE);
            try {
                await appender.append([...first, ...batch.map(({ event }) => event)]);
                first = [];
                for (const { resolve } of batch) resolve();
            } catch (error) {
                for (const { reject } of batch) reject(reasonOf(options.disk, error));
            }
        }
        work = undefined;
    }

    return {
        get state() {
            return appender.state;
        },
        append(event) {
            if (isClosed) return Promise.resolve().then(() => fail("ledger-unwritable", "the ledger is closed"));
            return new Promise((resolve, reject) => {
                waiting.push({ event, resolve, reject });
                // Deferred, so that other calls of this turn of the event loop share the sync.
                work ??= Promise.resolve().then(run);
            });
        },
        async close() {
            isClosed = true;
            await work;
            await appender.close();
            waiting = [];
        },
    };
}

function reasonOf(disk: Disk, error: unknown): unknown {
    try {
        return unwritable(disk, error);
    } catch (reason) {
        return reason;
    }
}
