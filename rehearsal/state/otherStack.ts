import { access } from "node:fs/promises";
import { dirname, join } from "node:path";

import { fail } from "../../src/core/errors/errors";
import { STACK } from "../values/urn";
import { isSecret, type Properties, unmarked } from "../values/values";
import { readState } from "./state";

/** Pulumi's own resource for the outputs of another stack. */
export const STACK_REFERENCE = "pulumi:pulumi:StackReference";

/** Pulumi's own function for the outputs of all resources of a stack. */
export const STACK_RESOURCES = "pulumi:pulumi:readStackResourceOutputs";

/** Where the rehearsal of a stack keeps what it knows, beside that of another: `<stack>.json`. */
export interface OtherStacks {
    /** The state of the stack that asks. */
    readonly statePath: string;
    readonly passphrase: string | undefined;
}

/**
 * What a program gets for a reference to another stack that was rehearsed.
 *
 * @param name Such as `organization/zonekeeper/production`; of the parts the last one counts.
 * @throws `bad-input` for a stack that was never rehearsed
 */
export async function outputsOfStack(name: string, others: OtherStacks): Promise<Properties> {
    const resources = await resourcesOf(name, others);
    const outputs = resources.find(({ type }) => type === STACK)?.outputs ?? {};
    const secretOutputNames = Object.keys(outputs).filter((key) => isSecret(outputs[key]));
    return { name, outputs, secretOutputNames };
}

/**
 * What a program gets for the outputs of all resources of a stack, by their URN, as Pulumi's own function
 * `readStackResourceOutputs` has them. Of the stack that runs these are the ones before this run.
 *
 * @throws `bad-input` for a stack that was never rehearsed
 */
export async function resourceOutputsOfStack(stackName: string, others: OtherStacks): Promise<Properties> {
    const resources = await resourcesOf(stackName, others);
    const outputs = resources.map(({ urn, type, id, outputs }) => {
        // Pulumi's providers that are made of Terraform's have the id among the outputs.
        const own = type.startsWith("okta:") ? { id } : {};
        return [urn, { type, outputs: { ...unmarked(outputs), ...own } }];
    });
    return { name: stackName, outputs: Object.fromEntries(outputs) };
}

async function resourcesOf(name: string, { statePath, passphrase }: OtherStacks) {
    const stack = name.split("/").at(-1) ?? "";
    const path = join(dirname(statePath), `${stack}.json`);
    const isThere = await access(path).then(
        () => true,
        () => false,
    );
    if (!isThere) return fail("bad-input", `unknown stack "${name}"`);
    return (await readState(path, stack, passphrase)).resources;
}
