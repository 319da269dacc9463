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

    close(): Promise<void>;
}

/** One time of leading. */
export interface Term {
    /** Aborts when the lock is lost, before anybody else can have it: nothing may be written from then on. */
    readonly lost: AbortSignal;
    /** Gives the lock to whoever waits. */
    end(): Promise<void>;
}
