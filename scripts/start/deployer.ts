/** The way the program is deployed: by the Pulumi CLI where there is one, else by the rehearsal engine. */
export interface Deployer {
    /** Which it is, and why, in a sentence. */
    readonly about: string;
    /** @throws an Error with the deployment's own words */
    up(): Promise<Deployed>;
}

export interface Deployed {
    readonly steps: readonly DeployedStep[];
    /** What the stack exports. */
    readonly outputs: Readonly<Record<string, unknown>>;
}

export interface DeployedStep {
    /** `create`, `update`, `same`, … */
    readonly op: string;
    /** Such as `okta:network/zone:Zone`. */
    readonly type: string;
    readonly name: string;
}

export interface DeployOptions {
    /** The checkout. */
    readonly directory: string;
    /** An empty folder for state and copies. */
    readonly scratch: string;
    /** Full keys, lists and objects as JSON. */
    readonly config: Readonly<Record<string, string>>;
    /** With the credential of the Okta organisation. */
    readonly env: Readonly<Record<string, string | undefined>>;
}
