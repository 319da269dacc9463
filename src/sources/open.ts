import { readFileSync } from "node:fs";
import { resolve } from "node:path";

import type { DocumentLimits } from "../core/grantsDocument";
import { fileSource } from "./file";
import { httpSource, type Token } from "./http";
import type { Waiting } from "./retried";
import { readSecret, type SecretReference } from "./secret";
import type { GrantSource } from "./source";
import type { SourceSpec } from "./spec";

export interface OpenOptions extends Waiting {
    /** What relative paths hang on, those of secrets too. */
    readonly directory: string;
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly fetch: typeof globalThis.fetch;
    readonly limits: DocumentLimits;
}

/**
 * The source that a setting names. Nothing is read yet but the token, so that a
 * missing one is found at the start.
 *
 * @throws `bad-input`
 */
export function openSource(spec: SourceSpec, options: OpenOptions): GrantSource {
    if (spec.type === "file") return fileSource({ ...options, path: spec.path });
    const token = spec.token === undefined ? undefined : tokenOf(spec.token, options);
    token?.read();
    return httpSource({ ...options, url: spec.url, token });
}

function tokenOf(reference: SecretReference, { directory, env }: OpenOptions): Token {
    const readFile = (path: string) => readFileSync(resolve(directory, path), "utf8");
    return { setting: reference, read: () => readSecret(reference, { env, readFile }) };
}
