import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

import { z } from "zod";

import { fail } from "../../src/core/errors/errors";
import { hasSecret, isObject, isSecret, mapped, type Properties, secret, type Value } from "../values/values";
import { type Cipher, cipher } from "./cipher";

/** What is known of one deployed resource. */
export interface Resource {
    readonly urn: string;
    readonly type: string;
    /** False for components, which exist in the program only. */
    readonly custom: boolean;
    /** Empty for components. */
    readonly id: string;
    readonly inputs: Properties;
    readonly outputs: Properties;
    readonly parent: string;
    readonly dependencies: readonly string[];
    /** URN of an explicit provider; empty for the default one. */
    readonly provider: string;
    readonly protect: boolean;
    readonly retainOnDelete: boolean;
    /** Paths of inputs that a refresh reads without showing them. */
    readonly ignoreChanges: readonly string[];
    /** URN of the resource whose deletion takes this one along; empty for none. */
    readonly deletedWith: string;
    /** Outputs that are secret although no input of their name is. */
    readonly secretOutputs: readonly string[];
    /** Why the last create or update was not completed; the next `up` tries again. */
    readonly problems: readonly string[];
    /** Another resource has replaced this one, and it is still to be deleted. */
    readonly replaced: boolean;
}

/** A state file that was read. */
export interface StateFile {
    readonly resources: readonly Resource[];
    /** Whether a value with secrets can be stored. @throws `bad-input` naming the way out */
    admit(value: Value): void;
    /** Replaces the file as a whole: a reader sees either the old state or the new one. */
    write(resources: readonly Resource[]): Promise<void>;
}

const texts = z.array(z.string());
const properties = z.custom<Properties>((value) => isObject(value as Value));
const RESOURCE: z.ZodType<Resource> = z.object({
    urn: z.string(),
    type: z.string(),
    custom: z.boolean(),
    id: z.string(),
    inputs: properties,
    outputs: properties,
    parent: z.string(),
    dependencies: texts,
    provider: z.string(),
    protect: z.boolean(),
    retainOnDelete: z.boolean(),
    ignoreChanges: texts,
    deletedWith: z.string(),
    secretOutputs: texts,
    problems: texts,
    replaced: z.boolean(),
});
const FILE = z.object({ rehearsal: z.literal(1), stack: z.string(), salt: z.string(), resources: z.array(RESOURCE) });

/**
 * Reads a state, or begins an empty one where there is no file.
 *
 * @throws `bad-input` for a file that is no such state, or belongs to another stack
 */
export async function readState(path: string, stack: string, passphrase: string | undefined): Promise<StateFile> {
    const stored = await readStored(path, stack);
    const sealer = cipher(passphrase, stored?.salt);
    const opened = (stored?.resources ?? []).map((resource) =>
        withSecrets(resource, (value) => opening(value, sealer)),
    );
    return {
        resources: opened,
        admit(value) {
            if (hasSecret(value)) sealer.seal("");
        },
        async write(resources) {
            const sealed = resources.map((resource) => withSecrets(resource, (value) => sealing(value, sealer)));
            const content = { rehearsal: 1, stack, salt: sealer.salt, resources: sealed };
            await replaceFile(path, `${JSON.stringify(content, null, 2)}\n`);
        },
    };
}

async function readStored(path: string, stack: string): Promise<z.infer<typeof FILE> | undefined> {
    const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return undefined;
        return fail("bad-input", `cannot read the state ${path}: ${error.code}`, { cause: error });
    });
    if (text === undefined) return undefined;
    const { data } = FILE.safeParse(parsed(text));
    if (data === undefined) return fail("bad-input", `${path} is not the state of a rehearsal`);
    if (data.stack !== stack) fail("bad-input", `${path} is the state of stack ${data.stack}, not of ${stack}`);
    return data;
}

function parsed(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}

async function replaceFile(path: string, text: string): Promise<void> {
    const next = `${path}.${process.pid}.next`;
    await mkdir(dirname(path), { recursive: true });
    try {
        await writeFile(next, text, { mode: 0o600 });
        await rename(next, path);
    } catch (error) {
        await rm(next, { force: true });
        const { code } = error as NodeJS.ErrnoException;
        fail("bad-input", `cannot write the state ${path}: ${code}`, { cause: error });
    }
}

function withSecrets(resource: Resource, change: (value: Value) => Value | undefined): Resource {
    return {
        ...resource,
        inputs: mapped(resource.inputs, change) as Properties,
        outputs: mapped(resource.outputs, change) as Properties,
    };
}

/** In the file a secret is `{mark, value: {ciphertext}}`. */
function sealing(value: Value, sealer: Cipher): Value | undefined {
    return isSecret(value) ? secret({ ciphertext: sealer.seal(JSON.stringify(value.value)) }) : undefined;
}

function opening(value: Value, sealer: Cipher): Value | undefined {
    if (!isSecret(value) || !isObject(value.value)) return undefined;
    return secret(JSON.parse(sealer.open(String(value.value.ciphertext))));
}
