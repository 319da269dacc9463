import type { WriteIntended } from "../events/zoneEvents";
import type { LedgerEvent } from "./line";

/** Open writes, whose result is not known, by id, in the order in which they were intended. */
export type Unsettled = ReadonlyMap<string, WriteIntended>;

/** The most open writes: an org has at most 100 zones, and a zone has one write at a time. */
const MOST = 500;

/**
 * The open writes after one more event.
 *
 *   event                          its write
 *   write.intended                 is open
 *   write.accepted, write.settled  is settled
 *   write.failed                   is settled, unless Okta may have carried it out
 *   ledger.rotated                 lists all that were open at the end of the previous file
 */
export function afterEvent(open: Unsettled, event: LedgerEvent): Unsettled {
    switch (event.type) {
        case "write.intended":
            return new Map([...open, [event.write, event] as const].slice(-MOST));
        case "write.failed":
            return event.isOpen ? open : without(open, event.write);
        case "write.accepted":
        case "write.settled":
            return without(open, event.write);
        case "ledger.rotated":
            return new Map(event.unsettled.map((write) => [write.write, write]));
        default:
            return open;
    }
}

function without(open: Unsettled, write: string): Unsettled {
    if (!open.has(write)) return open;
    const rest = new Map(open);
    rest.delete(write);
    return rest;
}
