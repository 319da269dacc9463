import type { PendingWrite } from "../../src/agent/belief";
import type { Record } from "../../src/agent/events";
import type { Snapshot, SnapshotStore } from "../../src/agent/grantsInForce";
import type { Random } from "./random";
import type { WorldTime } from "./time";
import type { Line } from "./trace";

/** The state folder of one agent: what was synced outlives its processes. */
export interface Disk {
    /** As one process sees it. */
    open(process: { readonly id: number; readonly death: AbortSignal }): DiskOfProcess;
    readonly lines: readonly Line[];
}

export interface DiskOfProcess {
    readonly record: Record;
    readonly snapshots: SnapshotStore;
    unsettled(): Promise<ReadonlyMap<string, PendingWrite>>;
}

/** The longest that it takes until something is synced. */
export const SYNC_MS = 10;

export function createDisk(time: WorldTime, random: Random): Disk {
    const lines: Line[] = [];
    let stored: Snapshot | undefined;

    /** A crash comes before the disk has it, after that, or before the process knows. */
    async function sync(death: AbortSignal, keep: () => void): Promise<void> {
        const [before, after] = [random.between(0, SYNC_MS / 2), random.between(0, SYNC_MS / 2)];
        await time.sleep(before);
        if (!death.aborted) keep();
        await time.sleep(after);
    }

    return {
        lines,
        open: ({ id, death }) => ({
            record: (event) => sync(death, () => lines.push({ atMs: time.now(), process: id, event })),
            snapshots: {
                read: async () => stored,
                write: (snapshot) =>
                    sync(death, () => {
                        stored = snapshot;
                    }),
            },
            unsettled: async () => unsettledIn(lines),
        }),
    };
}

/** The last write of each zone of which the lines do not say what became. */
export function unsettledIn(lines: readonly Line[]): ReadonlyMap<string, PendingWrite> {
    const open = new Map<string, PendingWrite>();
    for (const { event } of lines) {
        if (event.type === "write.intended") {
            open.set(event.zone, { id: event.write, before: event.before, after: event.after });
        }
        const isSettled =
            event.type === "write.accepted" ||
            event.type === "write.settled" ||
            (event.type === "write.failed" && !event.isOpen);
        if (isSettled && open.get(event.zone)?.id === event.write) open.delete(event.zone);
    }
    return open;
}
