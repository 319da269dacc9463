import { PROVIDER_TYPE, type Providers } from "../providers/providers";
import type { Resource } from "../state/state";
import { nameOf } from "../values/urn";
import { remarked, unmarked } from "../values/values";
import { differences } from "./diff";
import { providerUrn } from "./goal";
import { ignoring } from "./ignored";
import type { Journal } from "./journal";

/**
 * The resources as they really are: each is read, its outputs, and its inputs
 * where the provider gives them, are replaced, and one that is gone is left out.
 * One that cannot be read stays as it was, and is a problem.
 */
export async function refreshed(
    resources: readonly Resource[],
    { journal, providers }: { readonly journal: Journal; readonly providers: Providers },
): Promise<readonly Resource[]> {
    const read = await Promise.all(
        resources.map(async (resource) => {
            try {
                return isReal(resource) ? await reread(resource, journal, providers) : resource;
            } catch (error) {
                journal.failure(`${resource.type} "${nameOf(resource.urn)}"`, error);
                return resource;
            }
        }),
    );
    const left = read.filter((resource) => resource !== undefined);
    const urns = new Set(left.map(({ urn }) => urn));
    return left.map((resource) => ({
        ...resource,
        dependencies: resource.dependencies.filter((urn) => urns.has(urn)),
    }));
}

function isReal({ custom, type, replaced }: Resource): boolean {
    return custom && !replaced && !type.startsWith(PROVIDER_TYPE);
}

async function reread(old: Resource, journal: Journal, providers: Providers): Promise<Resource | undefined> {
    const { urn, type } = old;
    const subject = { urn, type, name: nameOf(urn) };
    const provider = await providers.of(type, providerUrn(old.provider));
    const [olds, outputs] = [unmarked(old.inputs), unmarked(old.outputs)];
    const found = await provider.read(subject, old.id, outputs, olds);
    if (found === undefined) {
        journal.step("refresh", old, [{ path: "id", before: old.id, after: undefined }]);
        return undefined;
    }
    // Pulumi asks for this difference, to show it; a provider may ask others in turn.
    await provider.diff(subject, { id: found.id, outputs: found.outputs, inputs: found.inputs ?? olds }, olds);
    const inputs = remarked(found.inputs ?? olds, old.inputs);
    const now = remarked(found.outputs, old.outputs, old.secretOutputs);
    // As Pulumi does, what `ignoreChanges` names is read and not shown (pulumi/pulumi#16146).
    journal.step("refresh", old, differences(old.outputs, ignoring(old.ignoreChanges, now, old.outputs)));
    return { ...old, id: found.id, inputs, outputs: now, problems: [] };
}
