import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { parse } from "yaml";
import { z } from "zod";

import { fail } from "../src/core/errors/errors";

/** What Pulumi.yaml says, as far as a rehearsal follows it. */
export interface Project {
    readonly name: string;
    /** Arguments of node before the program: `--require ./preload.cjs`. */
    readonly nodeArgs: readonly string[];
    /** The program: a file of the folder, or `.` for what package.json names. */
    readonly main: string;
    /** Whether `options.refresh` is `always`. */
    readonly refreshes: boolean;
}

const SCHEMA = z.object({
    name: z.string().min(1),
    main: z
        .string()
        .regex(/^[\w.-]*\w\.[cm]?[jt]s$/, "is not supported: name a file of this folder, or leave `main` out")
        .default("."),
    runtime: z.union([
        z.literal("nodejs").transform(() => ({ options: {} as { nodeargs?: string | undefined } })),
        z.object({ name: z.literal("nodejs"), options: z.object({ nodeargs: z.string().optional() }).default({}) }),
    ]),
    options: z.object({ refresh: z.string().optional() }).default({}),
});

/** @throws `bad-input` */
export async function readProject(directory: string): Promise<Project> {
    const path = join(directory, "Pulumi.yaml");
    const { data, error } = SCHEMA.safeParse(await readYaml(path));
    if (error !== undefined) {
        const [issue] = error.issues;
        return fail("bad-input", `${path}: ${issue?.path.join(".") ?? ""} ${issue?.message ?? "cannot be read"}`);
    }
    const nodeArgs = (data.runtime.options.nodeargs ?? "").split(/\s+/).filter((arg) => arg !== "");
    return { name: data.name, nodeArgs, main: data.main, refreshes: data.options.refresh === "always" };
}

/**
 * The configuration of a stack, from `Pulumi.<stack>.yaml`, as a program gets
 * it: full keys, texts, and JSON for lists and objects. A stack without such a file has none.
 *
 * @throws `bad-input`, also for a value that only Pulumi can decrypt
 */
export async function readStackConfig(directory: string, stack: string): Promise<Record<string, string>> {
    const path = join(directory, `Pulumi.${stack}.yaml`);
    const document = await readYaml(path).catch((error: unknown) => {
        if (error instanceof Error && (error.cause as NodeJS.ErrnoException | undefined)?.code === "ENOENT")
            return null;
        throw error;
    });
    return configIn(document, path);
}

/** The configuration in a document like `Pulumi.<stack>.yaml`. @throws `bad-input` */
export function configIn(document: unknown, path: string): Record<string, string> {
    const config = ((document ?? {}) as { config?: unknown }).config ?? {};
    if (typeof config !== "object" || Array.isArray(config)) fail("bad-input", `${path}: config is not a map`);
    return Object.fromEntries(Object.entries(config).map(([key, value]) => [key, configText(key, value, path)]));
}

function configText(key: string, value: unknown, path: string): string {
    if (holdsSecure(value)) {
        fail(
            "bad-input",
            `${path}: ${key} was encrypted by Pulumi, which a rehearsal cannot undo; pass it as a secret`,
        );
    }
    return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function holdsSecure(value: unknown): boolean {
    if (typeof value !== "object" || value === null) return false;
    return "secure" in value || Object.values(value).some(holdsSecure);
}

/** A YAML or JSON file. @throws `bad-input` */
export async function readYaml(path: string): Promise<unknown> {
    try {
        return parse(await readFile(path, "utf8"));
    } catch (error) {
        const reason = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
        return fail("bad-input", `cannot read ${path}: ${reason}`, { cause: error });
    }
}
