import type { Reading } from "../core/grants/grantsDocument";

/**
 * What a source announces by itself, besides being read at intervals.
 *
 *   rows      that something has changed, and what, so that only that is read
 *   changes   that something has changed
 *   nothing   nothing: a change is found at the next interval
 */
export type Announcement = "rows" | "changes" | "nothing";

/**
 * Where grants come from.
 *
 * A source gives all grants each time it is read, and never only the changes. So a
 * change hint that is lost costs one interval and no correctness.
 */
export interface GrantSource {
    /** What logs and errors call it, such as `file grants.yaml`. Holds no credential. */
    readonly name: string;

    /**
     * Reads every grant, active or not. An empty list is a valid result; a source that cannot be read is an error.
     *
     * @throws `source-unreadable`
     */
    read(signal: AbortSignal): Promise<Reading>;

    /**
     * Calls `wake` whenever a read may give something new, until `signal` aborts. It is
     * a hint: it may be lost, and it may be unnecessary. Failures are retried inside and
     * never reject, as reads continue without hints.
     */
    watch?(wake: () => void, signal: AbortSignal): Promise<void>;

    /**
     * Whether it stores what it receives in the state folder, so that only the leading agent may use it.
     *
     * @default false
     */
    readonly isKept?: boolean;

    /**
     * What it announces, where that depends on how it is set up; undefined where it cannot be told. For information.
     *
     * @throws `source-unreadable`
     */
    announcement?(signal: AbortSignal): Promise<Announcement | undefined>;

    /** Closes what the source holds open, such as connections. */
    close?(): Promise<void>;
}
