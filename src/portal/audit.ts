import type { Ledger } from "../agent/ledger/ledger";
import type { Log } from "../agent/logging/log";
import { sentenceOf } from "../core/errors/codes";
import type { PortalEvent } from "../core/portal/events";
import { sentenceOfEvent } from "./sentence";

export interface Audit {
    /** Takes an event down in the log and the ledger; resolves when it would survive a crash, or is kept to be written later. */
    record(event: PortalEvent): Promise<void>;
    /**
     * What could not be written is written first: nothing is granted that the ledger would not tell.
     *
     * @throws `ledger-unwritable`
     */
    require(): Promise<void>;
}

/** Events are few while the ledger cannot be written, as nothing is granted then. */
const MOST_KEPT = 10_000;

/** A ledger that cannot be written for a while, as its disk is full, loses nothing of what was done meanwhile. */
export function openAudit(ledger: Pick<Ledger, "record">, log: Pick<Log, "info" | "error">): Audit {
    const kept: PortalEvent[] = [];
    let flushing: Promise<void> | undefined;

    async function flush(): Promise<void> {
        for (let next = kept[0]; next !== undefined; next = kept[0]) {
            await ledger.record(next);
            kept.shift();
        }
    }

    function require(): Promise<void> {
        if (kept.length === 0) return Promise.resolve();
        flushing ??= flush().finally(() => {
            flushing = undefined;
        });
        return flushing;
    }

    return {
        async record(event) {
            log.info(sentenceOfEvent(event), { ...event });
            try {
                await require();
                await ledger.record(event);
            } catch (error) {
                log.error(sentenceOf(error));
                if (kept.length < MOST_KEPT) kept.push(event);
            }
        },
        require,
    };
}
