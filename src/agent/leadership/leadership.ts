/**
 * Which of several agents may write: Okta knows no conditional write, so only one
 * may, or each would undo what the other did.
 */
export interface Leadership {
    /** What messages call the lock, such as `lock file zonekeeper-state/leader.lock`. Holds no credential. */
    readonly name: string;

    /**
     * Resolves as soon as this agent leads, which may take for ever; rejects when
     * `signal` aborts. Whoever led before has stopped writing by then.
     *
     * @throws `bad-input` for a lock that can never be had, such as a folder that may not be written
     */
    lead(signal: AbortSignal): Promise<Term>;

    /** What is known of the lock, for people, while this agent does not lead. @default nothing */
    lockState?(): LockState;

    close(): Promise<void>;
}

/**
 * Why this agent does not lead.
 *
 *   held      another one has the lock, as of the latest try; `by` is who, where that can be told: `process 4242`
 *   unknown   nobody is known to have it, and `why`: it is being asked for, or its database is away
 */
export type LockState =
    | { readonly kind: "held"; readonly by?: string }
    | { readonly kind: "unknown"; readonly why: string };

/** Before the first answer. */
export const ASKING: LockState = { kind: "unknown", why: "the lock is being asked for" };

/** Between one time of leading and the next try. */
export const NOT_ASKING: LockState = {
    kind: "unknown",
    why: "this agent has just led, and has not asked for the lock again",
};

/** One time of leading. */
export interface Term {
    /** Aborts when the lock is lost, before anybody else can have it: nothing may be written from then on. */
    readonly lost: AbortSignal;
    /** Gives the lock to whoever waits. */
    end(): Promise<void>;
}
