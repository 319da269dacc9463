import { isDeepStrictEqual } from "node:util";

import type { Resource, StateFile } from "./state";

/**
 * The state while an operation changes it. Resources of the old state are
 * pending until the operation has come by them; what is not, stays as it is.
 */
export interface Ledger {
    /** All resources, the settled ones first: the state as it would be if the operation ended now. */
    all(): readonly Resource[];
    /** Old resources that the operation has not come by, and replaced ones that are still there. */
    pending(): readonly Resource[];
    /** The old resource of one of these URNs, the first that there is. */
    old(urns: readonly string[]): Resource | undefined;
    /** Begins with these resources instead, since they turned out to be other than recorded. */
    restart(resources: readonly Resource[]): Promise<void>;
    /** What the operation has recorded under a URN. */
    settled(urn: string): Resource | undefined;
    /** Records a resource in place of the old one, whose URN may have been another. */
    settle(resource: Resource, old?: Resource): Promise<void>;
    /** Records that a new resource has taken the place of an old one, which still is to be deleted. */
    supersede(old: Resource, resource: Resource): Promise<void>;
    /** Records that a resource is gone. */
    drop(resource: Resource): Promise<void>;
}

/** A ledger of the state's resources that writes each change at once, or in a preview nothing. */
export function ledger(file: StateFile, mode: "write" | "preview"): Ledger {
    let olds = [...file.resources];
    const settled = new Map<string, Resource>();
    let writing: Promise<void> = Promise.resolve();

    const all = () => [...settled.values(), ...olds];
    const without = (resource: Resource | undefined) => olds.filter((old) => old !== resource);

    /** One write at a time, and each of the latest state. */
    function save(): Promise<void> {
        if (mode === "preview") return Promise.resolve();
        writing = writing.catch(() => undefined).then(() => file.write(all()));
        return writing;
    }

    return {
        all,
        pending: () => olds,
        old: (urns) => {
            const found = urns.map((urn) => olds.find((old) => old.urn === urn && !old.replaced));
            return found.find((old) => old !== undefined);
        },
        async restart(resources) {
            const moved = !isDeepStrictEqual(resources, olds);
            olds = [...resources];
            if (moved) await save();
        },
        settled: (urn) => settled.get(urn),
        async settle(resource, old) {
            olds = without(old);
            settled.set(resource.urn, resource);
            if (!isDeepStrictEqual(resource, old)) await save();
        },
        async supersede(old, resource) {
            olds = [...without(old), { ...old, replaced: true }];
            settled.set(resource.urn, resource);
            await save();
        },
        async drop(resource) {
            olds = without(resource);
            if (settled.get(resource.urn) === resource) settled.delete(resource.urn);
            await save();
        },
    };
}
