import type { Clock } from "../../clock";
import { leadByAttempts } from "./attempts";
import type { Leadership, LockState } from "./leadership";
import { isTrouble, type Lease, type LeaseApi } from "./leaseApi";
import { openLeaseClient } from "./leaseClient";
import { openLeaseExpiry } from "./leaseExpiry";
import { type OwnTerm, startTerm } from "./term";

export interface LeaseOptions {
    readonly api: LeaseApi;
    readonly namespace: string;
    readonly name: string;
    /** Different for each process, or two processes would take each other's lease for their own. */
    readonly identity: string;
    readonly clock: Clock;
    /** For how long other candidates respect a lease after it was renewed. @default 15_000 */
    readonly durationMs?: number;
    /** For how long the leader relies on a lease after it sent the renewal. @default 10_000 */
    readonly deadlineMs?: number;
    /** How often the leader renews, and the others try. @default 2_000 */
    readonly retryMs?: number;
    /**
     * For how long the server may refuse requests before that is reported as a lack of rights. A server that has just
     * started answers 403 to every request until it has read its roles. @default 60_000
     */
    readonly patienceMs?: number;
    /** Receives the reason why the lease cannot be tried now. @default ignored */
    readonly onTrouble?: (problem: string) => void;
}

/**
 * Leadership by a Lease of Kubernetes, with the default periods of client-go's leader election.
 *
 * The leader renews every 2 s and stops 10 s after it sent the last renewal that was accepted. Others take a lease once
 * they have seen it unchanged for 15 s, measured by their own timer: they saw the renewal after it was sent, so they
 * lead at least 5 s after the previous leader has stopped. Of two candidates that write at once, the API server accepts
 * the first, by `resourceVersion`. A leader that ends its term empties the lease, and the next candidate takes it at
 * its next try.
 */
export function leaseLeadership(options: LeaseOptions): Leadership {
    const { namespace, name, clock, durationMs = 15_000, patienceMs = 60_000, retryMs = 2_000 } = options;
    const { deadlineMs = 10_000, identity, onTrouble } = options;
    const client = openLeaseClient({ ...options, durationMs, patienceMs });
    const expiry = openLeaseExpiry(clock, durationMs);

    async function renew(): Promise<"held" | "lost" | "unknown"> {
        const lease = await client.read();
        if (lease?.holder !== identity) return "lost";
        const written = await client.hold(lease);
        client.forgetRefusals();
        return written === "done" ? "held" : "unknown";
    }

    const term = () =>
        startTerm({
            clock,
            everyMs: retryMs,
            proofMs: deadlineMs,
            prove: renew,
            release: () => client.release().catch(() => {}),
            drop: () => {},
        });

    /** Undefined where another process has the lease, or the term is over before it was proved. */
    async function tryOnce(setState: (state: LockState) => void): Promise<OwnTerm | undefined> {
        const lease = await client.read();
        const isTaken = !expiry.isFree(lease) || (await client.hold(lease)) === "taken";
        client.forgetRefusals();
        if (isTaken) {
            setState(lockStateOf(lease));
            return undefined;
        }
        expiry.reset();
        const started = term();
        await started.proved;
        return started.isOver ? undefined : started;
    }

    return leadByAttempts({
        name: `Kubernetes lease ${namespace}/${name}`,
        clock,
        async attempt(_signal, setState) {
            const started = await tryOnce(setState).catch((error: unknown) => {
                if (!isTrouble(error)) throw error;
                setState({ kind: "unknown", why: error.message });
                onTrouble?.(error.message);
                return undefined;
            });
            return started ?? retryMs * (1 + clock.random() / 5);
        },
        onClose() {
            expiry.reset();
            client.forgetRefusals();
        },
    });
}

/** A leader that ends releases the lease; one that was emptied or deleted in another way may still have a leader. */
function lockStateOf(lease: Lease | undefined): LockState {
    if (lease !== undefined && lease.holder !== "") return { kind: "held", by: lease.holder };
    const why = "the Lease has no holder, and was emptied or deleted too recently: a leader may not have noticed yet";
    return { kind: "unknown", why };
}
