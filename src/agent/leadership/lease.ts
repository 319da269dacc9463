import type { Clock } from "../../clock";
import { fail } from "../../core/errors";
import type { Leadership, Term } from "../leadership";
import { type Alarm, rest, startAlarm } from "./alarm";
import { isTrouble, type Lease, type LeaseApi, leaseIn, trouble } from "./leaseApi";
import { startTerm } from "./term";

export interface LeaseOptions {
    readonly api: LeaseApi;
    readonly namespace: string;
    readonly name: string;
    /** Different for each process, or two would take each other for themselves. */
    readonly identity: string;
    readonly clock: Clock;
    /** How long a lease is good after it was renewed, to everybody else. @default 15_000 */
    readonly durationMs?: number;
    /** How long it is good to who has it. @default 10_000 */
    readonly deadlineMs?: number;
    /** How often it is renewed or tried for. @default 2_000 */
    readonly retryMs?: number;
    /** Hears why the lease cannot be tried for now. @default silent */
    readonly onTrouble?: (problem: string) => void;
}

/** Another's lease, and how long it has been seen unchanged. */
interface Watched {
    readonly version: string;
    readonly age: Alarm;
}

/**
 * Leadership by a Lease of Kubernetes, with the numbers and in the ways of client-go.
 *
 * Who leads renews every 2 s and stops 10 s after it sent the last renewal that was
 * accepted. Others take a lease once they have seen it unchanged for 15 s, by a timer of
 * their own: they saw the renewal after it was sent, so they lead 5 s later than the
 * one before has stopped. The API server takes of two who try the first, by `resourceVersion`.
 * Who ends its term empties the lease, and the next one has it at its next try.
 */
export function leaseLeadership(options: LeaseOptions): Leadership {
    const {
        api,
        namespace,
        name,
        identity,
        clock,
        retryMs = 2_000,
        deadlineMs = 10_000,
        durationMs = 15_000,
    } = options;
    const path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;
    const closed = new AbortController();
    let term: Term | undefined;
    let watched: Watched | undefined;

    const spec = (before: Lease | undefined) => {
        const now = new Date(clock.now()).toISOString().replace("Z", "000Z");
        const isOurs = before?.holder === identity;
        return {
            holderIdentity: identity,
            leaseDurationSeconds: Math.ceil(durationMs / 1000),
            acquireTime: isOurs ? before.acquireTime : now,
            renewTime: now,
            leaseTransitions: before === undefined ? 0 : before.transitions + (isOurs ? 0 : 1),
        };
    };

    async function read(): Promise<Lease | undefined> {
        const answer = await api.call("GET", `${path}/${name}`, undefined);
        if (answer.status === 404) return undefined;
        if (answer.status === 401 || answer.status === 403) return forbidden(namespace, name, answer.status);
        return answer.status === 200 ? leaseIn(answer.body) : unexpected(answer);
    }

    async function write(before: Lease | undefined, held: object): Promise<"done" | "taken"> {
        const metadata = { ...(before?.metadata ?? { namespace }), name };
        const lease = { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata, spec: held };
        const answer =
            before === undefined
                ? await api.call("POST", path, lease)
                : await api.call("PUT", `${path}/${name}`, lease);
        if (answer.status === 401 || answer.status === 403) return forbidden(namespace, name, answer.status);
        if (answer.status === 409 || answer.status === 404) return "taken";
        return answer.status === 200 || answer.status === 201 ? "done" : unexpected(answer);
    }

    /** Whether a lease may be had: there is none, it is empty, or it has been unchanged for too long. */
    function isFree(lease: Lease | undefined): boolean {
        if (lease === undefined || lease.holder === "") return true;
        if (watched?.version !== lease.version) {
            watched?.age.cancel();
            const ms = Math.max(durationMs, lease.durationMs);
            watched = { version: lease.version, age: startAlarm(clock, ms) };
        }
        return watched.age.isOver;
    }

    async function renew(): Promise<"held" | "lost" | "unknown"> {
        const lease = await read();
        if (lease?.holder !== identity) return "lost";
        return (await write(lease, spec(lease))) === "done" ? "held" : "unknown";
    }

    async function release(): Promise<void> {
        const lease = await read();
        if (lease?.holder === identity)
            await write(lease, { ...spec(lease), holderIdentity: "", leaseDurationSeconds: 1 });
    }

    async function tryOnce(): Promise<Term | undefined> {
        const lease = await read();
        if (!isFree(lease) || (await write(lease, spec(lease))) === "taken") return undefined;
        watched?.age.cancel();
        watched = undefined;
        const started = startTerm({
            clock,
            everyMs: retryMs,
            proofMs: deadlineMs,
            prove: renew,
            release: () => release().catch(() => {}),
            drop: () => {},
        });
        await started.proved;
        return started.isOver ? undefined : started;
    }

    return {
        name: `Kubernetes lease ${namespace}/${name}`,
        async lead(given) {
            const signal = AbortSignal.any([given, closed.signal]);
            for (;;) {
                signal.throwIfAborted();
                const found = await tryOnce().catch((error: unknown) => {
                    if (!isTrouble(error)) throw error;
                    options.onTrouble?.(error.message);
                    return undefined;
                });
                if (found !== undefined) {
                    term = found;
                    return found;
                }
                await rest(clock, retryMs * (1 + clock.random() / 5), signal);
            }
        },
        async close() {
            closed.abort();
            watched?.age.cancel();
            await term?.end();
        },
    };
}

function unexpected({ status }: { readonly status: number }): never {
    return trouble(`Kubernetes answers ${status}`);
}

function forbidden(namespace: string, name: string, status: number): never {
    const rule = '{apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["get", "create", "update"]}';
    return fail(
        "bad-input",
        `Kubernetes answers ${status} for the lease ${namespace}/${name}: the service account needs a Role with the rule ${rule}`,
    );
}
