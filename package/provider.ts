import type { ProviderName } from "../src/provider/lazyProvider.cjs";

/**
 * The package's entry `zonekeeper/provider`: what stored dynamic providers load, in the process of Pulumi's that runs them.
 * Each is loaded when it is first asked for. Stored states name this entry and these names: they stay for ever.
 */
const load: Readonly<Record<ProviderName, () => { readonly provider: object }>> = {
    membership: () => require("../src/provider/membership"),
    zoneSettings: () => require("../src/provider/zoneSettings"),
    shards: () => require("../src/provider/shards"),
    deletionGuard: () => require("../src/provider/deletionGuard"),
    systemZone: () => require("../src/provider/systemZone"),
    existing: () => require("../src/provider/existing"),
};

for (const [what, open] of Object.entries(load)) {
    Object.defineProperty(exports, what, { enumerable: true, get: () => open().provider });
}
