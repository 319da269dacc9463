import { fail } from "../../core/errors/errors";
import { fileProblem } from "../file/fileProblem";

/** Where a secret is kept: `env:NAME`, an environment variable, or `file:PATH`. */
export type SecretReference = `env:${string}` | `file:${string}`;

export interface SecretPlaces {
    readonly env: Readonly<Record<string, string | undefined>>;
    /** The text of a file, or an error as Node's own. */
    readonly readFile: (path: string) => string;
}

/** Whether a text is the place of a secret, and not the secret. */
export function isSecretReference(text: string): text is SecretReference {
    return /^(env|file):./.test(text);
}

/**
 * The secret that `env:GRANTS_TOKEN` or `file:/run/secrets/grants` stands for,
 * without the one line end that editors leave behind it.
 *
 * @throws `bad-input` where there is none; the message has the reference, never the secret
 */
export function readSecret(reference: string, { env, readFile }: SecretPlaces): string {
    if (!isSecretReference(reference)) {
        return fail("bad-input", "a secret is given as its place, env:NAME or file:PATH, and never as itself");
    }
    const place = reference.slice(reference.indexOf(":") + 1);
    const text = reference.startsWith("env:") ? fromEnvironment(place, env) : fromFile(place, readFile);
    const secret = text.replace(/\r?\n$/, "");
    return secret === "" ? fail("bad-input", `the secret of ${reference} is empty`) : secret;
}

function fromEnvironment(name: string, env: SecretPlaces["env"]): string {
    return (
        env[name] ??
        fail("bad-input", `the environment variable ${name} is not set; env:${name} reads a secret from it`)
    );
}

function fromFile(path: string, readFile: SecretPlaces["readFile"]): string {
    try {
        return readFile(path);
    } catch (cause) {
        const problem = fileProblem(cause);
        if (problem === undefined) throw cause;
        return fail("bad-input", `cannot read the secret in file ${path}: ${problem}`, { cause });
    }
}
