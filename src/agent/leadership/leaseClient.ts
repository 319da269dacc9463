import type { Clock } from "../../clock";
import { fail } from "../../core/errors/errors";
import { type Alarm, startAlarm } from "./alarm";
import { type Lease, type LeaseAnswer, type LeaseApi, leaseIn, trouble } from "./leaseApi";

export interface LeaseClientOptions {
    readonly api: LeaseApi;
    readonly namespace: string;
    readonly name: string;
    /** Different for each process, or two processes would take each other's lease for their own. */
    readonly identity: string;
    readonly clock: Clock;
    /** For how long other candidates respect a lease after it was renewed. */
    readonly durationMs: number;
    /** For how long the server may refuse requests before that is reported as a lack of rights. */
    readonly patienceMs: number;
}

/** The requests of one candidate about one Lease. All of them throw as `trouble` does, and `bad-input` for missing rights. */
export interface LeaseClient {
    /** Undefined where there is no such Lease. */
    read(): Promise<Lease | undefined>;
    /** Makes this process the holder, or renews. `taken`: the Lease was changed after `before` was read. */
    hold(before: Lease | undefined): Promise<"done" | "taken">;
    /** Empties the Lease if this process holds it, so that the next candidate need not wait. */
    release(): Promise<void>;
    /** Starts the time of `patienceMs` again: the server has accepted a request. */
    forgetRefusals(): void;
}

/** The duration in a Lease that its holder released; no holder writes one as short as this. */
export const RELEASED_S = 1;

export function openLeaseClient(options: LeaseClientOptions): LeaseClient {
    const { api, namespace, name, identity, clock, durationMs, patienceMs } = options;
    const path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;
    /** Runs since the first of an unbroken series of refusals. */
    let refused: Alarm | undefined;

    async function ask(method: "GET" | "POST" | "PUT", at: string, body?: object): Promise<LeaseAnswer> {
        const answer = await api.call(method, at, body);
        if (answer.status === 401 || answer.status === 403) {
            refused ??= startAlarm(clock, patienceMs);
            return forbidden(`${namespace}/${name}`, answer, refused.isOver);
        }
        return answer;
    }

    async function read(): Promise<Lease | undefined> {
        const answer = await ask("GET", `${path}/${name}`);
        if (answer.status === 404) return undefined;
        return answer.status === 200 ? leaseIn(answer.body) : unexpected(answer);
    }

    async function write(before: Lease | undefined, spec: object): Promise<"done" | "taken"> {
        const metadata = { ...(before?.metadata ?? { namespace }), name };
        const lease = { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata, spec };
        const answer =
            before === undefined ? await ask("POST", path, lease) : await ask("PUT", `${path}/${name}`, lease);
        if (answer.status === 409 || answer.status === 404) return "taken";
        return answer.status === 200 || answer.status === 201 ? "done" : unexpected(answer);
    }

    const specAfter = (before: Lease | undefined) => heldSpec(before, { identity, durationMs, nowMs: clock.now() });

    return {
        read,
        hold: (before) => write(before, specAfter(before)),
        async release() {
            const lease = await read();
            if (lease?.holder !== identity) return;
            await write(lease, { ...specAfter(lease), holderIdentity: "", leaseDurationSeconds: RELEASED_S });
        },
        forgetRefusals() {
            refused?.cancel();
            refused = undefined;
        },
    };
}

interface Holder {
    readonly identity: string;
    readonly durationMs: number;
    readonly nowMs: number;
}

/** The `spec` of a Lease that this process holds from now on, or goes on to hold. */
function heldSpec(before: Lease | undefined, { identity, durationMs, nowMs }: Holder) {
    const now = new Date(nowMs).toISOString().replace("Z", "000Z");
    const isOurs = before?.holder === identity;
    return {
        holderIdentity: identity,
        leaseDurationSeconds: Math.ceil(durationMs / 1000),
        acquireTime: isOurs ? before.acquireTime : now,
        renewTime: now,
        leaseTransitions: before === undefined ? 0 : before.transitions + (isOurs ? 0 : 1),
    };
}

function unexpected(answer: LeaseAnswer): never {
    return trouble(`Kubernetes answers ${answer.status}${messageOf(answer)}`);
}

/** @throws `bad-input` once it is known that waiting does not help, and as `trouble` does before */
function forbidden(lease: string, answer: LeaseAnswer, isKnown: boolean): never {
    const rule = '{apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["get", "create", "update"]}';
    const remedy =
        answer.status === 401
            ? "it does not know the service account's token"
            : `the service account needs a Role with the rule ${rule}`;
    const problem = `Kubernetes answers ${answer.status} for the lease ${lease}${messageOf(answer)}: ${remedy}`;
    return isKnown ? fail("bad-input", problem) : trouble(problem);
}

/** The message of the `Status` object in an answer. */
function messageOf({ body }: LeaseAnswer): string {
    const { message } = (body ?? {}) as { readonly message?: unknown };
    return typeof message === "string" ? ` (${message.slice(0, 300)})` : "";
}
