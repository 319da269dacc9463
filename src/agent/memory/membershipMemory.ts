import { type Memory, type MemoryStore, NO_MEMORY, type Remembered } from "../../core/membership/memory";

export interface MembershipMemoryOptions {
    readonly store: MemoryStore;
    /** The name of the source, and when it was read last. */
    readonly read: () => Pick<Remembered, "source" | "readAtMs">;
    /**
     * How often one that stands by writes down when it has read the source, if nothing is new. @default never
     */
    readonly standbyEveryMs?: number;
}

/** The memory of a membership in this process, and its copy that outlives it. */
export interface MembershipMemory {
    /** Undefined where nothing was ever remembered. */
    memory(): Memory | undefined;
    /** Goes up each time the memory becomes another one. */
    version(): number;
    /** Takes what an earlier process left, if there is anything. */
    restore(): Promise<Remembered | undefined>;
    /** Takes what another agent wrote since this was asked last; undefined where nobody did, and nothing is taken. */
    restoreNews(): Promise<Remembered | undefined>;
    /**
     * Remembers, and begins to write it down if it is anything new.
     */
    set(memory: Memory): void;
    /**
     * Remembers what was read at that moment while another agent leads, and writes it down beside the copy of the one
     * that leads, where the store has room for that.
     */
    hear(memory: Memory, readAtMs: number): void;
    /** Writes it down again, so that the reading that it is of is as recent as it is. */
    keep(): void;
    /** Resolves once what is remembered would survive a crash, or could not be written. */
    kept(): Promise<void>;
    /** Why the copy could not be written; undefined when it was. */
    unkept(): string | undefined;
}

export function openMembershipMemory({
    store,
    read,
    standbyEveryMs = Infinity,
}: MembershipMemoryOptions): MembershipMemory {
    let memory: Memory | undefined;
    let version = 0;
    let keeping: Promise<void> = Promise.resolve();
    let latest = async () => {};
    let isQueued = false;
    let unkept: string | undefined;
    /** The copy that was read or written last. */
    let seen: string | undefined;
    let heardAtMs = -Infinity;

    function take(remembered: Remembered | undefined): Remembered | undefined {
        seen = remembered?.copy;
        if (remembered === undefined) return undefined;
        memory = remembered.memory;
        version++;
        return remembered;
    }

    /** One write after the other; of those that wait, only the latest is made. */
    function queue(write: () => Promise<void>): void {
        latest = write;
        if (isQueued) return;
        isQueued = true;
        keeping = keeping.then(async () => {
            isQueued = false;
            try {
                await latest();
                unkept = undefined;
            } catch (error) {
                unkept = (error as Error).message;
            }
        });
    }

    function keep(): void {
        queue(async () => {
            seen = await store.write({ ...read(), memory: memory ?? NO_MEMORY });
        });
    }

    /** Makes the memory another one. @returns whether it says anything new */
    function replace(next: Memory): boolean {
        const isNews = memory === undefined || !isSameMemory(memory, next);
        memory = next;
        if (isNews) version++;
        return isNews;
    }

    return {
        memory: () => memory,
        version: () => version,
        restore: async () => take(await store.read()),
        async restoreNews() {
            const stored = await store.read();
            const isNews = stored !== undefined && stored.copy !== seen;
            if (isNews && memory !== undefined) return take(stored);
            seen = stored?.copy;
            return undefined;
        },
        set(next) {
            if (replace(next) || unkept !== undefined) keep();
        },
        hear(next, readAtMs) {
            const isLate = readAtMs - heardAtMs >= standbyEveryMs;
            if (!(replace(next) || unkept !== undefined || isLate) || store.writeStandby === undefined) return;
            heardAtMs = readAtMs;
            const remembered = { source: read().source, readAtMs, memory: next };
            queue(async () => store.writeStandby?.(remembered, seen));
        },
        keep,
        kept: () => keeping,
        unkept: () => unkept,
    };
}

/** Grants are the same list where nothing about them has changed; the rest is short. */
function isSameMemory({ grants: before, ...one }: Memory, { grants: after, ...other }: Memory): boolean {
    return before === after && JSON.stringify(one) === JSON.stringify(other);
}
