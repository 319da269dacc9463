import { type Memory, type MemoryStore, NO_MEMORY, type Remembered } from "../../core/membership/memory";

export interface RememberingOptions {
    readonly store: MemoryStore;
    /** The name of the source, and when it was read last. */
    readonly read: () => Pick<Remembered, "source" | "readAtMs">;
}

/** The memory of a membership in this process, and its copy that outlives it. */
export interface Remembering {
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
     *
     * @param isKept Whether the copy is written, too; not by an agent whose folder belongs to the one that leads.
     */
    set(memory: Memory, isKept: boolean): void;
    /** Writes it down again, so that the reading that it is of is as recent as it is. */
    keep(): void;
    /** Resolves once what is remembered would survive a crash, or could not be written. */
    kept(): Promise<void>;
    /** Why the copy could not be written; undefined when it was. */
    unkept(): string | undefined;
}

export function openRemembering({ store, read }: RememberingOptions): Remembering {
    let memory: Memory | undefined;
    let version = 0;
    let keeping: Promise<void> = Promise.resolve();
    let isQueued = false;
    let unkept: string | undefined;
    /** When the copy was written that was read last. */
    let seenAtMs: number | undefined;

    function take(remembered: Remembered | undefined): Remembered | undefined {
        seenAtMs = remembered?.writtenAtMs;
        if (remembered === undefined) return undefined;
        memory = remembered.memory;
        version++;
        return remembered;
    }

    /** One write after the other; of those that wait, only the latest is made. */
    function keep(): void {
        if (isQueued) return;
        isQueued = true;
        keeping = keeping.then(async () => {
            isQueued = false;
            try {
                await store.write({ ...read(), memory: memory ?? NO_MEMORY });
                unkept = undefined;
            } catch (error) {
                unkept = (error as Error).message;
            }
        });
    }

    return {
        memory: () => memory,
        version: () => version,
        restore: async () => take(await store.read()),
        async restoreNews() {
            const stored = await store.read();
            const isNews = stored !== undefined && stored.writtenAtMs !== seenAtMs;
            if (isNews && memory !== undefined) return take(stored);
            seenAtMs = stored?.writtenAtMs;
            return undefined;
        },
        set(next, isKept) {
            const isNews = memory === undefined || !isSameMemory(memory, next);
            memory = next;
            if (isNews) version++;
            if (isKept && (isNews || unkept !== undefined)) keep();
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
