import { access } from "node:fs/promises";
import { dirname, join } from "node:path";

import { fail } from "../../src/core/errors/errors";
import { STACK } from "../values/urn";
import { isSecret, type Properties } from "../values/values";
import { readState } from "./state";

/** Pulumi's own resource for the outputs of another stack. */
export const STACK_REFERENCE = "pulumi:pulumi:StackReference";

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
export async function outputsOfStack(name: string, { statePath, passphrase }: OtherStacks): Promise<Properties> {
    const stack = name.split("/").at(-1) ?? "";
    const path = join(dirname(statePath), `${stack}.json`);
    const isThere = await access(path).then(
        () => true,
        () => false,
    );
    if (!isThere) return fail("bad-input", `unknown stack "${name}"`);
    const { resources } = await readState(path, stack, passphrase);
    const outputs = resources.find(({ type }) => type === STACK)?.outputs ?? {};
    const secretOutputNames = Object.keys(outputs).filter((key) => isSecret(outputs[key]));
    return { name, outputs, secretOutputNames };
}
