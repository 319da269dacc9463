/** Something that can be imported of the package. */
export interface Entry {
    /** Of the bundle in `dist`, and of what is imported: `zonekeeper/pulumi`; `index` is `zonekeeper` itself. */
    readonly name: string;
    /** The file that is bundled, and whose types are declared. */
    readonly source: string;
    /** The peers without which it cannot be used. */
    readonly peers: readonly string[];
}

/** What package.json has under `exports`. */
export const ENTRIES: readonly Entry[] = [
    { name: "index", source: "package/library.ts", peers: [] },
    { name: "pulumi", source: "package/pulumi.ts", peers: ["@pulumi/pulumi", "@pulumi/okta"] },
    { name: "policies", source: "package/policies.ts", peers: ["@pulumi/policy", "@pulumi/pulumi"] },
    { name: "emulator", source: "package/emulator.ts", peers: [] },
    { name: "provider", source: "package/provider.ts", peers: ["@pulumi/pulumi"] },
];

/** Commands that are bundled apart, so that each loads what it needs: the files `src/cli/NAME.ts`. */
export const COMMANDS = [
    "access",
    "adopt",
    "agent",
    "doctor",
    "emulator",
    "explain",
    "init",
    "ledger",
    "portal",
    "ranges",
    "schema",
    "sync",
    "why",
] as const;
