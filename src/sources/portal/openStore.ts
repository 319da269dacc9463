import { resolve } from "node:path";

import type { Waiting } from "../http/retry";
import { fileLog } from "./fileLog";
import { fileReports } from "./fileReports";
import { openPortalStore, type PortalStore } from "./portalStore";
import type { AgentReports } from "./reports";
import type { StoreMemory } from "./storeMemory";
import { tableLog } from "./tableLog";
import { tableReports } from "./tableReports";

/** Where a store is: as `store` of the portal's settings has it. */
export type StoreSpec =
    | { readonly type: "file"; readonly path: string }
    | { readonly type: "postgres"; readonly url: string };

export interface OpenStoreOptions extends Waiting {
    /** What relative paths are relative to. */
    readonly directory: string;
    readonly now: () => number;
    /** What is remembered of the store over a restart. @default nothing */
    readonly memory?: StoreMemory | undefined;
    /** Hears that an operator accepted the store as it is since it was last read. @default ignored */
    readonly onAccepted?: () => void;
    /** The database of a URL or a secret reference, and what messages call it. */
    readonly databaseOf: (url: string) => { readonly url: () => string; readonly setting: string };
}

export function openStore(spec: StoreSpec, options: OpenStoreOptions): PortalStore {
    const log =
        spec.type === "file"
            ? fileLog({ ...options, path: resolve(options.directory, spec.path) })
            : tableLog({ ...options, ...options.databaseOf(spec.url) });
    return openPortalStore(log, options.now, options.memory, options.onAccepted);
}

export function openReports(spec: StoreSpec, options: OpenStoreOptions): AgentReports {
    return spec.type === "file"
        ? fileReports({ ...options, path: resolve(options.directory, spec.path) })
        : tableReports({ ...options, ...options.databaseOf(spec.url) });
}
