import { resolve } from "node:path";
import { fail } from "../../core/errors/errors";
import type { AgentSettings } from "../../core/settings/agentSettings";
import type { Environment } from "../environment";
import type { LedgerLine, RecordEvent, TaggedEvent } from "../events/events";
import type { WriteIntended } from "../events/zoneEvents";
import type { Leadership } from "../leadership/leadership";
import type { PendingWrite } from "../zones/zoneState";
import { catchingUp } from "./catchingUp";
import type { Disk } from "./disk";
import { ledgerDisk, openFolderLedger } from "./folder";
import type { Ledger } from "./ledger";
import { openWriteRequests } from "./requests";
import { readTail } from "./tail";

/** A write, with the membership whose zone it is of. */
export type TaggedWrite = WriteIntended & { readonly membership?: string };

/**
 * The ledger of one of several agents. It is open only while this agent leads, as another agent may write it otherwise.
 */
export interface LeaderLedger {
    /**
     * Records an event, and before it those that could not be recorded; then notifies the subscribers. @throws
     * `ledger-unwritable`
     */
    readonly record: RecordEvent;
    /**
     * The last write of each zone, if its result is not known.
     *
     * @param isMeant Which of them. @default all
     */
    unsettled(isMeant?: (write: TaggedWrite) => boolean): Promise<ReadonlyMap<string, PendingWrite>>;
    /** The latest lines, newest first. */
    recent(count: number): Promise<readonly LedgerLine[]>;
    /** Calls back for each event from now on. @returns a function that ends the subscription */
    subscribe(listener: (event: TaggedEvent) => void): () => void;
    /** A leadership that opens the ledger for each of its terms. */
    during(leadership: Leadership): Leadership;
}

export function openLeaderLedger(settings: AgentSettings, { directory, clock }: Environment): LeaderLedger {
    const state = resolve(directory, settings.state);
    // Agents of several hosts, which may share the state folder through a file server.
    const isShared = settings.leader.type !== "file";
    return leaderLedgerOf(ledgerDisk(state), () =>
        openFolderLedger({ state, isShared, now: clock.now, ...settings.ledger }),
    );
}

/** @param open Opens the ledger on the disk exclusively. */
export function leaderLedgerOf(disk: Disk, open: () => Promise<Ledger>): LeaderLedger {
    const listeners = new Set<(event: TaggedEvent) => void>();
    const requests = openWriteRequests();
    let ledger: Ledger | undefined;
    return {
        record: catchingUp(async (untagged) => {
            if (ledger === undefined)
                return fail("ledger-unwritable", "the ledger is closed, as this agent does not lead");
            const event = requests.tagged(untagged);
            await ledger.record(event);
            for (const listener of listeners) listener(event);
        }),
        async unsettled(isMeant = () => true) {
            const writes = (ledger?.unsettledWrites() ?? []).filter(isMeant);
            return new Map(writes.map(({ zone, write, before, after }) => [zone, { id: write, before, after }]));
        },
        async recent(count) {
            const lines = await readTail(disk, count);
            return lines.map(({ at, event }) => ({ at, event: event as TaggedEvent })).reverse();
        },
        subscribe(listener) {
            listeners.add(listener);
            return () => listeners.delete(listener);
        },
        during: (leadership) => ({
            ...leadership,
            async lead(signal) {
                const term = await leadership.lead(signal);
                try {
                    ledger = await open();
                } catch (error) {
                    await term.end();
                    throw error;
                }
                return { lost: term.lost, end: () => close().finally(() => term.end()) };
            },
        }),
    };

    async function close(): Promise<void> {
        const closing = ledger;
        ledger = undefined;
        await closing?.close();
    }
}
