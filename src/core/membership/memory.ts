import type { Span } from "../addresses/ip";
import type { Grant } from "../grants/grants";

/**
 * What a membership remembers from one decision to the next: the last accepted
 * reading, and what is held. Plain data that JSON can carry; it belongs to the membership, whatever its source is.
 */
export interface Memory {
    /** The known grants: those of the last accepted reading that the settings admitted. */
    readonly grants: readonly Grant[];
    /**
     * The addresses of known grants that have ended since the zones were last read: an entry of these addresses is
     * explained.
     */
    readonly ended: readonly Span[];
    /** Static gateways that are in force, with those that left the settings and are held. */
    readonly staticGateways: readonly Span[];
    /** For each zone that was part of a decision, by id: entries found at first contact that no grant admits. */
    readonly unknown: Readonly<Record<string, readonly Span[]>>;
    /** Items that the removal brake holds: see `itemOf`. */
    readonly held: readonly string[];
    /** Removals that were accepted within the window. */
    readonly removals: readonly Removal[];
    /** How many entries of the last accepted reading had neither an id nor an address that could be read. @default 0 */
    readonly nameless?: number | undefined;
    /** A confirmation that is not carried out yet. */
    readonly confirmation?: Confirmation | undefined;
}

export interface Removal {
    /** See `itemOf`. */
    readonly item: string;
    /** When it was accepted, in milliseconds of elapsed time: see `elapsedMs` of a decision. */
    readonly atMs: number;
    /** `named`: the grant was removed by name; it never causes another one to be held. */
    readonly how: "counted" | "named";
}

/** A confirmation that releases what was held. */
export interface Confirmation {
    /** Items of the removal brake. */
    readonly items: readonly string[];
    /** Addresses of unknown entries, and of static gateways that left the settings. */
    readonly spans: readonly Span[];
    /** Who confirmed, as far as that is known. */
    readonly by: string;
    readonly reason?: string | undefined;
}

/** A memory, and the reading that it is from. */
export interface Remembered {
    /** The name of the source that was read last. */
    readonly source: string;
    /** When it was read, in milliseconds since 1970; undefined where it never was. */
    readonly readAtMs: number | undefined;
    /** Identifies the copy that was read; different for each write. */
    readonly copy?: string;
    readonly memory: Memory;
}

/** Storage for the memory of a membership. */
export interface MemoryStore {
    /** Undefined if there is none, or a damaged one. @throws `bad-input` for a file that cannot be opened */
    read(): Promise<Remembered | undefined>;
    /** @returns the name of the copy */
    write(remembered: Remembered): Promise<string | undefined>;
    /**
     * Stores the memory of a standby, separate from that of the leader. `read` returns it until
     * the leader writes another copy than the one that it continues.
     *
     * @param follows The name of that copy; undefined if there is none.
     */
    writeStandby?(remembered: Remembered, follows: string | undefined): Promise<void>;
}

/** The memory before the first decision: every entry that no grant admits is unknown. */
export const NO_MEMORY: Memory = {
    grants: [],
    ended: [],
    staticGateways: [],
    unknown: {},
    held: [],
    removals: [],
};

/**
 * Whether none of the zones of a memory is among these: then it belongs to another membership, and its known
 * grants must not be used here.
 */
export function isOfOtherZones({ unknown }: Memory, zoneIds: readonly string[]): boolean {
    const remembered = Object.keys(unknown);
    return remembered.length > 0 && !remembered.some((id) => zoneIds.includes(id));
}

/** The removals that still count. @param elapsedMs The same clock as theirs. */
export function recentRemovals({ removals }: Memory, windowMs: number, elapsedMs: number): readonly Removal[] {
    return removals.filter(({ atMs }) => elapsedMs - atMs < windowMs);
}

/** Two clocks at one moment: the wall clock, and the elapsed time of this host. In milliseconds. */
export interface Instant {
    readonly wallMs: number;
    readonly elapsedMs: number;
}

/**
 * The least time that has passed between two processes, for a window that must not end early.
 *
 *   elapsed time          wall clock                 passed
 *   went on               went on as far, or more    the elapsed time
 *   went on               went on less, or back      the wall-clock time, at least 0: another host, or a clock that was set
 *   restarted (reboot)    went on                    the smaller of both since then
 *   restarted (reboot)    went back                  0
 */
export function passedMs(before: Instant, now: Instant): number {
    const wallMs = Math.max(0, now.wallMs - before.wallMs);
    const hasRebooted = now.elapsedMs < before.elapsedMs;
    return Math.min(wallMs, hasRebooted ? now.elapsedMs : now.elapsedMs - before.elapsedMs);
}
