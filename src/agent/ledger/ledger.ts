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
    /** A file is closed once it has this many bytes; it may exceed it by what was recorded at once. */
    readonly rotateBytes: number;
    /** How many files are kept; 0: all. */
    readonly keepFiles: number;
}

/** The record of one agent or portal, open for writing. */
export interface Ledger {
    /** Many may wait at once; what waits together costs one sync. */
    record(event: LedgerEvent): Promise<void>;
    /** The last line. */
    readonly head: Head;
    /** Writes that were intended and whose result was not recorded. */
    unsettledWrites(): readonly WriteIntended[];
    /** The last lines, the latest last. */
    readTail(count: number): Promise<readonly Line[]>;
    /** Finishes what is being recorded; what comes later is refused. */
    close(): Promise<void>;
}

/**
 * Opens the ledger in a folder, and makes the folder with its first line. A line that a
 * crash left half written is cut off; lines that are whole are never.
 *
 * One process at a time may have it open: see `openFolderLedger`.
 *
 * @throws `ledger-broken` where the last file is not what was written; `ledger-unwritable`
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
