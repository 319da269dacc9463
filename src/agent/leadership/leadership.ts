/**
 * Decides which of several agents may write. Okta has no conditional write, so only one
 * may, or they would undo each other's writes.
 */
export interface Leadership {
    /** The name of the lock in messages, such as `lock file zonekeeper-state/leader.lock`. Contains no credential. */
    readonly name: string;

    /**
     * Resolves as soon as this agent leads, which may take for ever; rejects when
     * `signal` aborts. The previous leader has stopped writing by then.
     *
     * @throws `bad-input` for a lock that can never be acquired, such as one in a folder without write permission
     */
    lead(signal: AbortSignal): Promise<Term>;

    /** What is known of the lock, for people, while this agent does not lead. @default nothing */
    lockState?(): LockState;

    close(): Promise<void>;
}

/**
 * Why this agent does not lead.
 *
 *   held      another agent has the lock, as of the latest try; `by` is its holder, if that is known: `process 4242`
 *   unknown   no holder is known; `why`: such as that the lock is being requested, or its database is unreachable
 */
export type LockState =
    | { readonly kind: "held"; readonly by?: string }
    | { readonly kind: "unknown"; readonly why: string };

/** Before the first answer. */
export const ASKING: LockState = { kind: "unknown", why: "the lock is being asked for" };

/** Between a term and the next try. */
export const NOT_ASKING: LockState = {
    kind: "unknown",
    why: "this agent has just led, and has not asked for the lock again",
};

/** A period of leadership. */
export interface Term {
    /** Aborts when the lock is lost, before another agent can have it: nothing may be written from then on. */
    readonly lost: AbortSignal;
    /** Releases the lock. */
    end(): Promise<void>;
}
