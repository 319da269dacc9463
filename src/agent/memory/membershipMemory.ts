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

export function openMembershipMemory(options: MembershipMemoryOptions): MembershipMemory {
    const { store, read, standbyEveryMs = Infinity } = options;
    let memory: Memory | undefined;
    let version = 0;
    /** The copy that was read or written last. */
    let seen: string | undefined;
    let heardAtMs = -Infinity;
    const writes = openLatestWrite();

    function take(remembered: Remembered | undefined): Remembered | undefined {
        seen = remembered?.copy;
        if (remembered !== undefined) replace(remembered.memory);
        return remembered;
    }

    function keep(): void {
        writes.queue(async () => {
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
            if (replace(next) || writes.unkept() !== undefined) keep();
        },
        hear(next, readAtMs) {
            const isLate = readAtMs - heardAtMs >= standbyEveryMs;
            const isWorth = replace(next) || writes.unkept() !== undefined || isLate;
            if (!isWorth || store.writeStandby === undefined) return;
            heardAtMs = readAtMs;
            const remembered = { source: read().source, readAtMs, memory: next };
            writes.queue(async () => store.writeStandby?.(remembered, seen));
        },
        keep,
        kept: writes.kept,
        unkept: writes.unkept,
    };
}

/** One write after the other; of those that wait, only the latest is made. */
function openLatestWrite() {
    let keeping: Promise<void> = Promise.resolve();
    let latest = async () => {};
    let isQueued = false;
    let unkept: string | undefined;

    async function write(): Promise<void> {
        isQueued = false;
        try {
            await latest();
            unkept = undefined;
        } catch (error) {
            unkept = (error as Error).message;
        }
    }

    return {
        queue(next: () => Promise<void>): void {
            latest = next;
            if (isQueued) return;
            isQueued = true;
            keeping = keeping.then(write);
        },
        kept: () => keeping,
        /** Why the latest one failed; undefined when it did not. */
        unkept: () => unkept,
    };
}

/** Grants are the same list where nothing about them has changed; the rest is short. */
function isSameMemory({ grants: before, ...one }: Memory, { grants: after, ...other }: Memory): boolean {
    return before === after && JSON.stringify(one) === JSON.stringify(other);
}
