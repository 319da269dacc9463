import { readFileSync } from "node:fs";
import { resolve } from "node:path";

import type { Clock } from "../clock";
import { isSecretReference, readSecret } from "../sources/settings/secret";

/** The environment of the process. */
export interface Environment {
    /** The folder for relative paths. */
    readonly directory: string;
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly clock: Clock;
    /** Through the proxies of the environment. */
    readonly fetch: typeof globalThis.fetch;
    /** Without a proxy, for an org that is reached by `okta.httpProxy`. @default fetch */
    readonly directFetch?: typeof globalThis.fetch;
    /** Makes a unique text: `randomUUID`. */
    readonly nonce: () => string;
    readonly version: string;
}

/** The secret that `env:NAME` or `file:PATH` stands for. @throws `bad-input` */
export function secretAt(reference: string, { directory, env }: Pick<Environment, "directory" | "env">): string {
    return readSecret(reference, { env, readFile: (path) => readFileSync(resolve(directory, path), "utf8") });
}

/** A setting, or the secret that it stands for. @throws `bad-input` */
export function plainOrSecret(value: string, environment: Pick<Environment, "directory" | "env">): string {
    return isSecretReference(value) ? secretAt(value, environment) : value;
}
