import type { InForce } from "./reconciler/inForce";
import type { SessionClearing } from "./sessions/clearing";
import type { PendingClearing } from "./sessions/clearingState";

/** Ends the sessions of users whose last grant has ended, or keeps them. */
export interface Revocation {
    /** Receives the users in the zones by grants: before anything is written, and whenever the zones are as desired. */
    inForce(inForce: InForce): Promise<void>;
    /** Ends sessions until the signal aborts; the rest is done after the next start. */
    run(signal: AbortSignal): Promise<void>;
    pending(): readonly PendingClearing[];
}

/** Keeps sessions until they end by themselves. */
export const keepSessions: Revocation = {
    inForce: async () => {},
    run: async () => {},
    pending: () => [],
};

/**
 * Ends the sessions of users without a grant.
 *
 * @param open Reads the queue of an earlier run. Called when this agent leads, and not before, as until then another
 *     agent writes the same file.
 */
export function clearSessions(open: () => SessionClearing): Revocation {
    let clearing: SessionClearing | undefined;
    return {
        async inForce({ active, atMs, state }) {
            const users = new Set(active.flatMap(({ user }) => user ?? []));
            if (state === "expected") await clearing?.expect(users);
            else await clearing?.settle(users, atMs);
        },
        async run(signal) {
            clearing = open();
            try {
                await clearing.run(signal);
            } finally {
                await clearing.close();
            }
        },
        pending: () => clearing?.pending() ?? [],
    };
}
