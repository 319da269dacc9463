import type { Clock } from "../../clock";
import { fail } from "../../core/errors/errors";
import { type Alarm, rest, startAlarm } from "./alarm";
import { ASKING, type Leadership, type LockState, NOT_ASKING, type Term } from "./leadership";
import { isTrouble, type Lease, type LeaseAnswer, type LeaseApi, leaseIn, trouble } from "./leaseApi";
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
    /**
     * How long the server may refuse what is asked before that counts. One that has just started
     * answers 403 to everybody, until it has read its roles. @default 60_000
     */
    readonly patienceMs?: number;
    /** Hears why the lease cannot be tried for now. @default silent */
    readonly onTrouble?: (problem: string) => void;
}

/** The seconds that stand in a lease whose leader has ended; nobody who leads writes so few. */
const ENDED_S = 1;

/** Another's lease, and how long it has been seen unchanged. */
interface Watched {
    /** Its `resourceVersion`; `gone` where it was deleted. */
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
        patienceMs = 60_000,
    } = options;
    const path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;
    const closed = new AbortController();
    let term: Term | undefined;
    let watched: Watched | undefined;
    let known = ASKING;
    /** Since when nothing has come through but refusals. */
    let refused: Alarm | undefined;

    async function ask(method: "GET" | "POST" | "PUT", at: string, body?: object): Promise<LeaseAnswer> {
        const answer = await api.call(method, at, body);
        if (answer.status === 401 || answer.status === 403) {
            refused ??= startAlarm(clock, patienceMs);
            return forbidden(`${namespace}/${name}`, answer, refused.isOver);
        }
        return answer;
    }

    function forgetRefusals(): void {
        refused?.cancel();
        refused = undefined;
    }

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
        const answer = await ask("GET", `${path}/${name}`);
        if (answer.status === 404) return undefined;
        return answer.status === 200 ? leaseIn(answer.body) : unexpected(answer);
    }

    async function write(before: Lease | undefined, held: object): Promise<"done" | "taken"> {
        const metadata = { ...(before?.metadata ?? { namespace }), name };
        const lease = { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata, spec: held };
        const answer =
            before === undefined ? await ask("POST", path, lease) : await ask("PUT", `${path}/${name}`, lease);
        if (answer.status === 409 || answer.status === 404) return "taken";
        return answer.status === 200 || answer.status === 201 ? "done" : unexpected(answer);
    }

    /**
     * Whether a lease may be had: there never was one, whoever had it has said that it ended, or it has been unchanged
     * for too long. One that was there and is gone, or that somebody emptied by hand, may have a leader who has not
     * looked yet.
     */
    function isFree(lease: Lease | undefined): boolean {
        if (lease === undefined && watched === undefined) return true;
        if (lease?.holder === "" && lease.durationMs <= ENDED_S * 1000) return true;
        const version = lease?.version ?? "gone";
        if (watched?.version !== version) {
            watched?.age.cancel();
            const ms = Math.max(durationMs, lease?.durationMs ?? 0);
            watched = { version, age: startAlarm(clock, ms) };
        }
        return watched.age.isOver;
    }

    async function renew(): Promise<"held" | "lost" | "unknown"> {
        const lease = await read();
        if (lease?.holder !== identity) return "lost";
        const written = await write(lease, spec(lease));
        forgetRefusals();
        return written === "done" ? "held" : "unknown";
    }

    async function release(): Promise<void> {
        const lease = await read();
        if (lease?.holder === identity)
            await write(lease, { ...spec(lease), holderIdentity: "", leaseDurationSeconds: ENDED_S });
    }

    async function tryOnce(): Promise<Term | undefined> {
        const lease = await read();
        const isTaken = !isFree(lease) || (await write(lease, spec(lease))) === "taken";
        forgetRefusals();
        if (isTaken) {
            known = knownOf(lease);
            return undefined;
        }
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
        lockState: () => known,
        async lead(given) {
            known = ASKING;
            const signal = AbortSignal.any([given, closed.signal]);
            for (;;) {
                signal.throwIfAborted();
                const found = await tryOnce().catch((error: unknown) => {
                    if (!isTrouble(error)) throw error;
                    known = { kind: "unknown", why: error.message };
                    options.onTrouble?.(error.message);
                    return undefined;
                });
                if (found !== undefined) {
                    known = NOT_ASKING;
                    term = found;
                    return found;
                }
                await rest(clock, retryMs * (1 + clock.random() / 5), signal);
            }
        },
        async close() {
            closed.abort();
            watched?.age.cancel();
            forgetRefusals();
            await term?.end();
        },
    };
}

/** Whoever has ended empties the lease; one that somebody else emptied, or deleted, may have a leader still. */
function knownOf(lease: Lease | undefined): LockState {
    if (lease !== undefined && lease.holder !== "") return { kind: "held", by: lease.holder };
    const why = "the Lease has no holder, and was emptied or deleted too recently: a leader may not have noticed yet";
    return { kind: "unknown", why };
}

function unexpected(answer: LeaseAnswer): never {
    return trouble(`Kubernetes answers ${answer.status}${saidIn(answer)}`);
}

/** @throws `bad-input` once it is known that no waiting helps, and as `trouble` does before */
function forbidden(lease: string, answer: LeaseAnswer, isKnown: boolean): never {
    const rule = '{apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["get", "create", "update"]}';
    const remedy =
        answer.status === 401
            ? "it does not know the service account's token"
            : `the service account needs a Role with the rule ${rule}`;
    const problem = `Kubernetes answers ${answer.status} for the lease ${lease}${saidIn(answer)}: ${remedy}`;
    return isKnown ? fail("bad-input", problem) : trouble(problem);
}

/** What the server says in the Status that it answers with. */
function saidIn({ body }: LeaseAnswer): string {
    const { message } = (body ?? {}) as { readonly message?: unknown };
    return typeof message === "string" ? ` (${message.slice(0, 300)})` : "";
}
