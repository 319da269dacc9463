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
     * What known grants held that count no more, while no zone was looked at since: an entry of these addresses is
     * explained.
     */
    readonly ended: readonly Span[];
    /** Static gateways that are in force, with those that left the settings and are held. */
    readonly staticGateways: readonly Span[];
    /** For each zone that was ever decided about, by its id: entries found at first contact that no grant admits. */
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
    /** `named`: somebody removed this very grant; it never holds another one. */
    readonly how: "counted" | "named";
}

/** Somebody let go of what was held. */
export interface Confirmation {
    /** Items of the removal brake. */
    readonly items: readonly string[];
    /** Addresses of unknown entries, and of static gateways that left the settings. */
    readonly spans: readonly Span[];
    /** Who, as far as that is known. */
    readonly by: string;
    readonly reason?: string | undefined;
}

/** A memory, and the reading that it is of. */
export interface Remembered {
    /** The name of the source that was read last. */
    readonly source: string;
    /** When it was read, in milliseconds since 1970; undefined where it never was. */
    readonly readAtMs: number | undefined;
    /** Names the copy that it was read from: another text for each write. */
    readonly copy?: string;
    readonly memory: Memory;
}

/** Where the memory of a membership outlives the process. */
export interface MemoryStore {
    /** Undefined where there is none, or none that can be read. @throws `bad-input` for a file that cannot be opened */
    read(): Promise<Remembered | undefined>;
    /** @returns the name of the copy */
    write(remembered: Remembered): Promise<string | undefined>;
    /**
     * Keeps what an agent knows that does not lead, beside what the one that leads writes. `read` gives it back until
     * somebody writes another copy than the one that it goes on from.
     *
     * @param follows The name of that copy; undefined where there is none.
     */
    writeStandby?(remembered: Remembered, follows: string | undefined): Promise<void>;
}

/** Nothing is known of any zone: every entry that no grant admits is unknown. */
export const NO_MEMORY: Memory = {
    grants: [],
    ended: [],
    staticGateways: [],
    unknown: {},
    held: [],
    removals: [],
};

/**
 * Whether a memory is of zones of which none is among these: then it belongs to another membership, and its known
 * grants admit nobody here.
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
 * How much time has surely passed between two processes, for a window that must not end early.
 *
 *   elapsed time          wall clock                 passed
 *   went on               went on as far, or more    what elapsed
 *   went on               went on less, or back      what the wall clock says, at least 0: another host, or a clock that was set
 *   began anew (reboot)   went on                    the smaller of both since then
 *   began anew (reboot)   went back                  0
 */
export function passedMs(before: Instant, now: Instant): number {
    const wallMs = Math.max(0, now.wallMs - before.wallMs);
    const hasRebooted = now.elapsedMs < before.elapsedMs;
    return Math.min(wallMs, hasRebooted ? now.elapsedMs : now.elapsedMs - before.elapsedMs);
}
