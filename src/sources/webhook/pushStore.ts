import type { Reading, Unusable } from "../../core/grants/grantsDocument";
import type { Push } from "../../core/grants/pushes";

/**
 * Where what was pushed is kept. Several agents may share one: then each of them
 * knows what any of them took.
 *
 * What cannot be done now is `source-unreadable`, and changes nothing.
 */
export interface PushStore {
    /** What messages call it, where it is not the agent's own. Holds no credential. */
    readonly name?: string;

    /** Whether the leader gets to know what a standby accepts. */
    readonly isShared: boolean;

    /** What was pushed so far. @throws `source-unreadable` */
    read(signal: AbortSignal): Promise<PushesNow>;

    /**
     * Takes a delivery in, and resolves when it would survive a crash.
     *
     *   accepted   it changed what is so
     *   older      it changed nothing, as something later was known
     *   known      a delivery of this id was taken before
     *   too-many   it was not taken: there would be more grants than any source may have
     *
     * @throws `source-unreadable`: it is not known to be kept, and is to be sent again
     */
    take(delivery: PushDelivery): Promise<Taking>;

    /** Calls `wake` when another process may have taken something, as the watch of a source does. */
    watch?(wake: () => void, signal: AbortSignal): Promise<void>;

    /** Gives back what it holds open. */
    close?(): Promise<void>;
}

export interface PushDelivery {
    /** The sender's, the same whenever it sends it again. */
    readonly id: string;
    readonly push: Push;
}

export interface Taking {
    readonly result: Taken;
    /** What of it admits nobody, and why. */
    readonly unusable: readonly Unusable[];
}

export type Taken = "accepted" | "older" | "known" | "too-many";

export interface PushesNow {
    /** Whether everything was pushed once. */
    readonly isWhole: boolean;
    readonly reading: Reading;
}

/** As many deliveries are remembered by their ids. */
export const MOST_SEEN = 10_000;
