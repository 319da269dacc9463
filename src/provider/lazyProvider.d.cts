import type { dynamic } from "@pulumi/pulumi";

/** What `./entries.cjs` and the package's entry `zonekeeper/provider` can open. */
export type ProviderName = "membership" | "zoneSettings" | "shards" | "deletionGuard" | "systemZone" | "existing";

export declare function lazyProvider(what: ProviderName): dynamic.ResourceProvider;

/** The text that is stored of it: the property `__provider` of a resource. */
export declare function storedText(what: ProviderName): string;
