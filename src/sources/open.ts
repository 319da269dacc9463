import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

import { fail } from "../core/errors/errors";
import type { DocumentLimits } from "../core/grants/grantAddresses";
import { fileSource } from "./file/file";
import { httpSource } from "./http/http";
import type { Waiting } from "./http/retry";
import type { OktaRequests } from "./oktaLog/logReader";
import { oktaLogSource } from "./oktaLog/oktaLog";
import { openStore, type StoreSpec } from "./portal/openStore";
import { portalSource } from "./portal/portalSource";
import { type StoreMemory, storeMemoryFile } from "./portal/storeMemory";
import { requireDatabaseUrl } from "./postgres/connect";
import { postgresSource } from "./postgres/postgres";
import { tableSql } from "./postgres/table";
import { isSecretReference, readSecret, type SecretReference } from "./settings/secret";
import type { OktaLogSpec, PostgresSpec, SourceSpec, WebhookSpec } from "./settings/sourceSpec";
import type { GrantSource } from "./source";
import { pushFile } from "./webhook/pushFile";
import { pushTable } from "./webhook/pushTable";
import { openWebhookSource, type WebhookSource } from "./webhook/webhook";

export interface OpenOptions extends Waiting {
    /** The folder for relative paths, including those of secrets. */
    readonly directory: string;
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly limits: DocumentLimits;
    /** The folder for what has to survive a restart; left out by a command that runs once. */
    readonly state?: string;
    /** `read`: nothing of what has to survive a restart is written. @default "write" */
    readonly mode?: "read" | "write";
    /** Whether other agents of this host use the same folder. @default false */
    readonly isStateShared?: boolean;
    /** The org whose System Log is read. */
    readonly okta?: OktaRequests;
    /** Milliseconds since 1970. */
    readonly now: () => number;
    /** Milliseconds of a monotonic clock; left out by a command that runs once. */
    readonly elapsedMs?: () => number;
}

/**
 * Opens the source that a setting names. Only the secrets are read yet, so that a
 * missing one is reported at the start.
 *
 *   type                        also needs
 *   file, http, postgres        nothing
 *   portal                      nothing: it is the store of the portal
 *   okta-log                    `okta`; `state`, so that a restart need not read hours of the log again
 *   webhook                     `state`, and a caller that passes the deliveries on: see isWebhook
 *
 * @throws `bad-input`
 */
export function openSource(spec: SourceSpec, options: OpenOptions): GrantSource {
    switch (spec.type) {
        case "file":
            return fileSource({ ...options, path: spec.path });
        case "http": {
            const { url, token } = spec;
            return httpSource({ ...options, url, token: token && { setting: token, read: secretOf(token, options) } });
        }
        case "postgres":
            return openPostgres(spec, options);
        case "webhook":
            return openWebhook(spec, options);
        case "okta-log":
            return openOktaLog(spec, options);
        case "portal": {
            const memory = portalMemory(spec.store, options);
            const store = openStore(spec.store, { ...options, memory, databaseOf: (url) => databaseOf(url, options) });
            return portalSource({ ...options, store });
        }
    }
}

/** What an agent remembers of a portal's store; nothing for a command that runs once. */
function portalMemory(store: StoreSpec, { state, directory, mode }: OpenOptions): StoreMemory | undefined {
    if (state === undefined) return undefined;
    const name = createHash("sha256").update(JSON.stringify(store)).digest("hex").slice(0, 8);
    const memory = storeMemoryFile(resolve(directory, state, `portal-store-${name}.json`));
    return mode === "read" ? { ...memory, write: async () => {} } : memory;
}

function openOktaLog({ type: _, ...spec }: OktaLogSpec, options: OpenOptions): GrantSource {
    const { okta, state, directory, mode } = options;
    if (okta === undefined) return fail("bad-input", "a source of type okta-log cannot be read by this command");
    const file = state === undefined ? undefined : resolve(directory, state, "okta-log.json");
    return oktaLogSource({ ...options, ...spec, okta, file, ...(mode && { mode }) });
}

/** Whether a source receives deliveries. */
export function isWebhook(source: GrantSource): source is WebhookSource {
    return "accept" in source;
}

function openWebhook({ secret, initial, store: spec }: WebhookSpec, options: OpenOptions): WebhookSource {
    const { state, directory, isStateShared = false } = options;
    if (state === undefined) {
        return fail("bad-input", "a source of type webhook is pushed to the agent, and cannot be read by this command");
    }
    const secrets = secret.map((setting) => ({ setting, read: secretOf(setting, options) }));
    const store =
        spec.type === "file"
            ? pushFile({ ...options, path: resolve(directory, state, "webhook.jsonl"), isShared: isStateShared })
            : pushTable({ ...options, ...databaseOf(spec.url, options), ...tableOf(spec.table) });
    return openWebhookSource({ secrets, store, initial, limits: options.limits });
}

function openPostgres({ url, table, channel }: PostgresSpec, options: OpenOptions): GrantSource {
    return postgresSource({ ...options, ...databaseOf(url, options), ...tableOf(table), channel });
}

/** A database: its URL, read for each connection, and its name in messages. */
export function databaseOf(
    at: string,
    options: Pick<OpenOptions, "directory" | "env">,
): { readonly url: () => string; readonly setting: string } {
    const read = isSecretReference(at) ? secretOf(at, options) : () => at;
    const url = () => requireDatabaseUrl(read(), at);
    url();
    return { url, setting: isSecretReference(at) ? at : new URL(at).host || "this machine" };
}

function tableOf(table: string): { readonly table: string; readonly sql: string } {
    return { table, sql: tableSql(table) ?? "" };
}

/** Reads a secret at each call, and once now, so that a missing one is reported at the start. */
function secretOf(
    reference: SecretReference,
    { directory, env }: Pick<OpenOptions, "directory" | "env">,
): () => string {
    const readFile = (path: string) => readFileSync(resolve(directory, path), "utf8");
    const read = () => readSecret(reference, { env, readFile });
    read();
    return read;
}
