import type { LeaseAnswer, LeaseApi } from "../../../src/agent/leadership/leaseApi";
import { trouble } from "../../../src/agent/leadership/leaseApi";

/**
 * The leases of an API server, which takes a write only with the `resourceVersion` that it last gave out. It answers as
 * Kubernetes 1.37.2 was seen to.
 */
export interface FakeLeases {
    /** A way to it, which can be cut. */
    client(): LeaseApi & { cut(): void };
    answer(method: string, path: string, body: unknown): LeaseAnswer;
    /** As somebody else may do it. */
    delete(name: string): void;
    /** What each write left of a lease's holder, in order. */
    readonly holders: readonly string[];
}

interface Stored {
    readonly metadata: { readonly name: string; readonly resourceVersion?: string; readonly uid?: string };
    readonly spec: { readonly holderIdentity: string; readonly acquireTime?: string; readonly renewTime?: string };
}

/** Go reads no other number of decimals. */
const MICRO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(Z|[+-]\d\d:\d\d)$/;

export function fakeLeases(): FakeLeases {
    const leases = new Map<string, Stored>();
    const holders: string[] = [];
    let version = 100;

    function put(name: string, { spec, metadata }: Stored): Stored {
        version += 1;
        const uid = leases.get(name)?.metadata.uid ?? `uid-${version}`;
        const stored = { metadata: { ...metadata, name, resourceVersion: String(version), uid }, spec };
        leases.set(name, stored);
        holders.push(spec.holderIdentity);
        return stored;
    }

    function answer(method: string, path: string, body: unknown): LeaseAnswer {
        const found = /^\/apis\/coordination\.k8s\.io\/v1\/namespaces\/staff\/leases(?:\/([\w-]+))?$/.exec(path);
        if (found === null) return refusal(404, "NotFound", "the server could not find the requested resource");
        const given = body as Stored;
        const name = found[1] ?? given?.metadata.name;
        const known = leases.get(name);
        if (method === "GET") {
            if (known !== undefined) return { status: 200, body: known };
            return refusal(404, "NotFound", `leases.coordination.k8s.io "${name}" not found`);
        }
        const time = [given.spec.acquireTime, given.spec.renewTime].find((each = "") => !MICRO_TIME.test(each));
        if (time !== undefined) return refusal(400, "BadRequest", `parsing time "${time}": cannot parse it`);
        return method === "POST" ? create(name, known, given) : update(name, known, given);
    }

    function create(name: string, known: Stored | undefined, given: Stored): LeaseAnswer {
        if (known === undefined) return { status: 201, body: put(name, given) };
        return refusal(409, "AlreadyExists", `leases.coordination.k8s.io "${name}" already exists`);
    }

    /** Of a lease that is not there too: without a version it is made, with one somebody has deleted it. */
    function update(name: string, known: Stored | undefined, given: Stored): LeaseAnswer {
        const { resourceVersion, uid } = given.metadata;
        if (known === undefined && resourceVersion === undefined) return { status: 201, body: put(name, given) };
        if (resourceVersion === undefined) {
            const why = "metadata.resourceVersion: Invalid value: 0: must be specified for an update";
            return refusal(422, "Invalid", `leases.coordination.k8s.io "${name}" is invalid: ${why}`);
        }
        const isOther = uid !== undefined && uid !== known?.metadata.uid;
        if (known === undefined || isOther || resourceVersion !== known.metadata.resourceVersion) {
            const why = "the object has been modified; please apply your changes to the latest version and try again";
            const what = `Operation cannot be fulfilled on leases.coordination.k8s.io "${name}"`;
            return refusal(409, "Conflict", `${what}: ${why}`);
        }
        return { status: 200, body: put(name, given) };
    }

    return {
        answer,
        holders,
        delete: (name) => void leases.delete(name),
        client() {
            let isCut = false;
            return {
                cut: () => {
                    isCut = true;
                },
                async call(method, path, body) {
                    if (isCut) trouble("no way there");
                    return structuredClone(answer(method, path, structuredClone(body)));
                },
            };
        },
    };
}

/** The document with which an API server says no. */
export function refusal(status: number, reason: string, message: string): LeaseAnswer {
    const body = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, reason, code: status };
    return { status, body };
}
