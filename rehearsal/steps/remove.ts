import { PROVIDER_TYPE } from "../providers/providers";
import type { Resource } from "../state/state";
import { nameOf } from "../values/urn";
import { unmarked } from "../values/values";
import type { Deployment } from "./deployment";
import { providerUrn } from "./goal";

/**
 * Deletes resources, those first on which no other depends; what does not depend
 * on one another goes at the same time. If one of them is protected, none is
 * deleted. After a failure, what has not begun stays.
 */
export async function remove(doomed: readonly Resource[], deployment: Deployment): Promise<void> {
    const { journal, signal } = deployment;
    for (const { type, urn } of doomed.filter(({ protect }) => protect)) {
        journal.problem(
            `${type} "${nameOf(urn)}" is protected and cannot be deleted; take out the option protect first`,
        );
    }
    let rest = doomed;
    while (rest.length > 0 && journal.problems.length === 0 && !signal.aborted) {
        const free = rest.filter((resource) => !rest.some((other) => other !== resource && dependsOn(other, resource)));
        // A circle cannot come from a program; a state that was edited by hand must not hang us.
        const wave = free.length > 0 ? free : rest;
        await Promise.all(wave.map((resource) => removeOne(resource, doomed, deployment)));
        rest = rest.filter((resource) => !wave.includes(resource));
    }
}

function dependsOn(one: Resource, other: Resource): boolean {
    const { dependencies, parent, provider, deletedWith } = one;
    return [...dependencies, parent, provider, deletedWith].includes(other.urn);
}

async function removeOne(resource: Resource, doomed: readonly Resource[], deployment: Deployment): Promise<void> {
    const { ledger, journal, mode, providers } = deployment;
    const { urn, type } = resource;
    try {
        if (mode === "write" && hasToAsk(resource, doomed)) {
            const provider = await providers.of(type, providerUrn(resource.provider));
            await provider.delete({ urn, type, name: nameOf(urn) }, resource.id, unmarked(resource.outputs));
        }
        await ledger.drop(resource);
        if (!resource.replaced) journal.step("delete", resource);
    } catch (error) {
        journal.failure(`${type} "${nameOf(urn)}"`, error);
    }
}

/** Whether its deletion is the provider's business, rather than the state's alone. */
function hasToAsk({ type, custom, retainOnDelete, deletedWith }: Resource, doomed: readonly Resource[]): boolean {
    const goesAlong = doomed.some(({ urn }) => urn === deletedWith);
    return custom && !type.startsWith(PROVIDER_TYPE) && !retainOnDelete && !goesAlong;
}
