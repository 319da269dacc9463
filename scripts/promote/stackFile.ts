import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";

import { fail } from "../../src/core/errors/errors";

/** What Pulumi.<stack>.yaml says. */
export interface StackFile {
    readonly stack: string;
    /** By the full key: `zonekeeper:shards`, never `shards`. */
    readonly config: Readonly<Record<string, unknown>>;
    /** Whether settings come from elsewhere too, by `environment:`. */
    readonly environments: boolean;
}

const SCHEMA = z.object({
    config: z.record(z.string(), z.unknown()).nullish(),
    environment: z.unknown().optional(),
});

/** @throws `bad-input` if there is no such file, or it is none of Pulumi's */
export async function readStackFile(directory: string, stack: string): Promise<StackFile> {
    const name = `Pulumi.${stack}.yaml`;
    const text = await readFile(join(directory, name), "utf8").catch(() =>
        fail("bad-input", `${name} cannot be read: it holds the settings of the stack ${stack}`),
    );
    return parseStackFile(stack, text);
}

/** @throws `bad-input`; the text is not quoted, as there may be a secret in it */
export function parseStackFile(stack: string, text: string): StackFile {
    const { success, data } = SCHEMA.safeParse(parsed(stack, text) ?? {});
    if (!success) return fail("bad-input", `Pulumi.${stack}.yaml is not an object with config: {key: value, …}`);
    const config = Object.entries(data.config ?? {}).map(([key, value]) => [fullKey(key), value]);
    return { stack, config: Object.fromEntries(config), environments: data.environment !== undefined };
}

function parsed(stack: string, text: string): unknown {
    try {
        return parse(text);
    } catch {
        return fail("bad-input", `Pulumi.${stack}.yaml is not YAML`);
    }
}

/** A key without a namespace is of the project. */
function fullKey(key: string): string {
    return key.includes(":") ? key : `zonekeeper:${key}`;
}
