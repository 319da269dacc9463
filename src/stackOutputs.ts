import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { promisify } from "node:util";

import { fail } from "./core/errors/errors";
import { readStackOutputs, type StackOutputs } from "./core/settings/stackOutputs";

export interface StackPlace {
    /** The folder in which `pulumi` is started, and for relative paths. */
    readonly directory: string;
    readonly env: Readonly<Record<string, string | undefined>>;
}

/** The Pulumi CLI asks its backend, which may be far away. */
const TIMEOUT_MS = 60_000;

/** The outputs of a stack are some kilobytes. */
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * The outputs of a stack, from the Pulumi CLI, or, without a CLI, from a file that `pulumi stack output --json > stack.json`
 * wrote.
 *
 * @param stack The name of a stack, perhaps with organization and project, or the path of a file that ends with `.json`.
 * @throws `bad-input` in one sentence
 */
export async function stackOutputs(stack: string, place: StackPlace): Promise<StackOutputs> {
    const text = stack.endsWith(".json") ? await fileText(stack, place) : await askedOf(stack, place);
    let document: unknown;
    try {
        document = JSON.parse(text);
    } catch {
        return fail("bad-input", `the outputs of the stack ${stack} are not JSON`);
    }
    return readStackOutputs(document, stack);
}

async function fileText(path: string, { directory }: StackPlace): Promise<string> {
    return readFile(resolve(directory, path), "utf8").catch((cause: NodeJS.ErrnoException) =>
        fail("bad-input", `cannot read the outputs of the stack in ${path}: ${cause.code ?? cause.message}`),
    );
}

async function askedOf(stack: string, { directory, env }: StackPlace): Promise<string> {
    if (!/^[\w.-]+(\/[\w.-]+){0,2}$/.test(stack)) {
        fail("bad-input", `"${stack}" is not the name of a stack, such as production or acme/zones/production`);
    }
    const args = ["stack", "output", "--json", "--non-interactive", "--stack", stack];
    const options = { cwd: directory, env: { ...env, PULUMI_SKIP_UPDATE_CHECK: "true" }, timeout: TIMEOUT_MS };
    try {
        return (await promisify(execFile)("pulumi", args, { ...options, maxBuffer: MOST_BYTES })).stdout;
    } catch (cause) {
        return fail("bad-input", `cannot read the outputs of the stack ${stack}: ${whyNot(cause)}`, { cause });
    }
}

function whyNot(cause: unknown): string {
    const { code, killed, stderr = "" } = cause as { code?: unknown; killed?: boolean; stderr?: string };
    if (code === "ENOENT") {
        return "there is no pulumi on PATH; name a file that pulumi stack output --json > stack.json wrote instead";
    }
    if (killed) return `pulumi gave no answer within ${TIMEOUT_MS / 1000} s`;
    const [line = ""] = stderr.split("\n").filter((each) => each.trim() !== "");
    return line.replace(/^error: /, "") || "pulumi failed without a word";
}
