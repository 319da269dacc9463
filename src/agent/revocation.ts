import type { InForce } from "./reconciler/inForce";
import type { SessionClearing } from "./sessions/clearing";
import type { PendingClearing } from "./sessions/clearingState";

/** What becomes of the sessions of people whose last grant has ended. */
export interface Revocation {
    /** Hears who is inside by a grant: before anything is written, and each time the zones are as they should be. */
    inForce(inForce: InForce): Promise<void>;
    /** Ends sessions until the signal aborts; what was left to do by then is done after the next start. */
    run(signal: AbortSignal): Promise<void>;
    pending(): readonly PendingClearing[];
}

/** Sessions go on until they end by themselves. */
export const keepSessions: Revocation = {
    inForce: async () => {},
    run: async () => {},
    pending: () => [],
};

/**
 * Ends the sessions of whoever is out.
 *
 * @param open Reads what an earlier run left to do, so it is called when this agent leads, and not before: until
 *     then another one writes the same file.
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
