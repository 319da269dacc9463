import { type ChangedRows, changedRows } from "./rowNotification";

/**
 * The rows that have changed since the table was last read, as far as one session of PostgreSQL was notified.
 *
 *   event                                     then
 *   a session begins to listen, or ends       unknown: notifications may have been lost
 *   a notification of rows                    those rows, too
 *   one that does not say which rows          unknown
 *   one of another table                      unknown: the name may stand for that table now
 *   more rows than are read at once           unknown
 *   everything is read                        none, for the notifications before it
 */
export interface PendingRows {
    /** Rows that have changed, by id; undefined where that is not known. */
    ids(): ReadonlySet<string> | undefined;
    /** The same; later only rows are pending that are heard of from now on. */
    take(): ReadonlySet<string> | undefined;
    /** @param relation The object id of the table that was read last. */
    hear(payload: string | undefined, relation: string | undefined): void;
    /** Everything is read from now on, and every later change will be heard of. */
    clear(): void;
    /** Notifications may have been lost. */
    doubt(): void;
}

/** The most rows that are read by id at once. */
const MOST_ROWS = 1000;

export function openPendingRows(): PendingRows {
    let pending: Set<string> | undefined;

    function add(rows: ChangedRows | undefined, relation: string | undefined): void {
        const isKnown = rows !== undefined && rows.relation === relation;
        for (const id of isKnown ? rows.ids : []) pending?.add(id);
        if (!isKnown || (pending?.size ?? 0) > MOST_ROWS) pending = undefined;
    }

    return {
        ids: () => pending,
        take() {
            const taken = pending;
            if (taken !== undefined) pending = new Set();
            return taken;
        },
        hear(payload, relation) {
            if (pending !== undefined) add(changedRows(payload), relation);
        },
        clear() {
            pending = new Set();
        },
        doubt() {
            pending = undefined;
        },
    };
}
