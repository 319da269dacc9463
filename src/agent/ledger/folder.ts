import { join } from "node:path";

import { fail } from "../../core/errors/errors";
import { makeFolder } from "../../folder";
import { tryHostLock } from "../../hostLock";
import { folderDisk } from "./disk";
import { type Ledger, type LedgerOptions, openLedger } from "./ledger";
import { unwritable } from "./unwritable";

export interface FolderLedgerOptions extends Omit<LedgerOptions, "disk"> {
    /** The agent's state folder; the ledger is in `ledger` of it. */
    readonly state: string;
    /** Whether agents of other hosts use the same folder, so that the lock may be released late. @default false */
    readonly isShared?: boolean;
}

/**
 * Opens the ledger in the agent's state folder, for this process alone.
 *
 * @throws if another process has it open: `bad-input`, or `ledger-unwritable` if the folder is shared, as a file server
 *     keeps the lock of a lost host for a minute or two; otherwise as openLedger
 */
export async function openFolderLedger({ state, isShared = false, ...options }: FolderLedgerOptions): Promise<Ledger> {
    const disk = ledgerDisk(state);
    try {
        await makeFolder(disk.path);
    } catch (error) {
        return unwritable(disk, error);
    }
    const lock = tryHostLock(join(disk.path, "lock"));
    if (lock === undefined && isShared) {
        const wait = "it is tried again until that one has ended, or the file server has given its lock up";
        return fail("ledger-unwritable", `another agent has the ledger in ${disk.path} open; ${wait}`);
    }
    if (lock === undefined) {
        const remedy = "give each agent a state folder of its own, or wait until the other one has ended";
        return fail("bad-input", `another process has the ledger in ${disk.path} open; ${remedy}`);
    }
    try {
        const ledger = await openLedger({ disk, ...options });
        return {
            record: ledger.record,
            get head() {
                return ledger.head;
            },
            unsettledWrites: ledger.unsettledWrites,
            readTail: ledger.readTail,
            close: () => ledger.close().finally(lock.release),
        };
    } catch (error) {
        lock.release();
        throw error;
    }
}

/** The ledger of a state folder, for reading. */
export function ledgerDisk(state: string) {
    return folderDisk(join(state, "ledger"));
}
