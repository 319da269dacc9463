import type { Reading } from "../core/grants/grantsDocument";

/**
 * Where grants come from.
 *
 * A source says all that should be, each time it is asked, and never what
 * changed. So a wake-up that gets lost costs one interval and no correctness.
 */
export interface GrantSource {
    /** What logs and errors call it, such as `file grants.yaml`. Holds no credential. */
    readonly name: string;

    /**
     * Every grant, active or not. No grants is an answer; not knowing is an error.
     *
     * @throws `source-unreadable`
     */
    read(signal: AbortSignal): Promise<Reading>;

    /**
     * Calls `wake` whenever a read may say something new, until `signal` aborts. It
     * is a hint: one may get lost, and one may come for nothing. What goes wrong with
     * the hints is mended inside and never rejects, as reading goes on without them.
     */
    watch?(wake: () => void, signal: AbortSignal): Promise<void>;

    /**
     * Whether it keeps in the state folder what it is told, so that only an agent that leads may use it.
     *
     * @default false
     */
    readonly isKept?: boolean;

    /** Gives back what the source holds open, such as connections. */
    close?(): Promise<void>;
}
