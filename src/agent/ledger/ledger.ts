import type { WriteIntended } from "../events/zoneEvents";
import type { Disk } from "./disk";
import type { Head, LedgerEvent, Line } from "./line";
import { recoverState } from "./open";
import { readTail } from "./tail";
import { openWriter } from "./writer";

export interface LedgerOptions {
    readonly disk: Disk;
    /** Milliseconds since 1970. */
    readonly now: () => number;
    /** A file is closed once it has this many bytes; it may be longer by the events of one sync. */
    readonly rotateBytes: number;
    /** How many files are kept; 0: all. */
    readonly keepFiles: number;
}

/** The ledger of one agent or portal, open for writing. */
export interface Ledger {
    /** Records an event; concurrent calls share one sync. */
    record(event: LedgerEvent): Promise<void>;
    /** The last line. */
    readonly head: Head;
    /** Writes that were intended and whose result was not recorded. */
    unsettledWrites(): readonly WriteIntended[];
    /** The last lines, the latest last. */
    readTail(count: number): Promise<readonly Line[]>;
    /** Completes what is being recorded; later calls are refused. */
    close(): Promise<void>;
}

/**
 * Opens the ledger in a folder; the folder is created with the first line. An incomplete line
 * of a crash is cut off; complete lines never are.
 *
 * One process at a time may have it open: see `openFolderLedger`.
 *
 * @throws `ledger-broken` if the last file was changed; `ledger-unwritable`
 */
export async function openLedger({ disk, now, rotateBytes, keepFiles }: LedgerOptions): Promise<Ledger> {
    const { state, repaired } = await recoverState(disk);
    const writer = openWriter({
        disk,
        now,
        rotateBytes,
        keepFiles,
        state,
        first: repaired === undefined ? [] : [repaired],
    });
    return {
        record: (event: LedgerEvent) => writer.append(event),
        get head() {
            return writer.state.head;
        },
        unsettledWrites: () => [...writer.state.unsettled.values()],
        readTail: (count) => readTail(disk, count),
        close: () => writer.close(),
    };
}
