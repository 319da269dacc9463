import type { LeaseAnswer, LeaseApi } from "../../../src/agent/leadership/leaseApi";
import { trouble } from "../../../src/agent/leadership/leaseApi";

/** The leases of an API server, which takes a write only with the `resourceVersion` that it last gave out. */
export interface FakeLeases {
    /** A way to it, which can be cut. */
    client(): LeaseApi & { cut(): void };
    answer(method: string, path: string, body: unknown): LeaseAnswer;
    /** What each write left of a lease's holder, in order. */
    readonly holders: readonly string[];
}

interface Stored {
    readonly metadata: { readonly name: string; readonly resourceVersion: string; readonly uid: string };
    readonly spec: { readonly holderIdentity: string };
}

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
        if (found === null) return { status: 404, body: { kind: "Status" } };
        const [, name] = found;
        const given = body as Stored;
        const known = leases.get(name ?? given?.metadata.name);
        if (method === "POST" && name === undefined) {
            if (known !== undefined) return { status: 409, body: { kind: "Status", reason: "AlreadyExists" } };
            return { status: 201, body: put(given.metadata.name, given) };
        }
        if (known === undefined || name === undefined) return { status: 404, body: { kind: "Status" } };
        if (method === "GET") return { status: 200, body: known };
        if (given.metadata.resourceVersion !== known.metadata.resourceVersion) {
            return { status: 409, body: { kind: "Status", reason: "Conflict" } };
        }
        return { status: 200, body: put(name, given) };
    }

    return {
        answer,
        holders,
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
