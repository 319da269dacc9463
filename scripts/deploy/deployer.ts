import type { StartChild } from "../../rehearsal/processes/child";
import type { PolicyConfig, startPolicyPack } from "./policyPack";

/** A way to deploy the program: the Pulumi CLI, or the rehearsal engine. */
export interface Deployer {
    readonly kind: "pulumi" | "rehearsal";
    /** @param config Full keys, lists and objects as JSON. */
    deploy(operation: Operation, config: Config): Promise<Deployed>;
}

export type Operation = "preview" | "up" | "refresh" | "destroy";

export type Config = Readonly<Record<string, string>>;

export interface Deployed {
    /** Why it failed, in the deployment's own words; none when it is done. */
    readonly problems: readonly string[];
    /** What was done to each resource, refreshes left out. */
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

export interface DeployerOptions {
    /** The checkout. */
    readonly directory: string;
    /** @default "dev" */
    readonly stack?: string | undefined;
    /** A folder for state and copies, which the caller removes. */
    readonly scratch: string;
    /** With the credential of the Okta organisation. */
    readonly env: Readonly<Record<string, string | undefined>>;
    /** Whether what the state has is read before a run. @default what Pulumi.yaml says */
    readonly refresh?: boolean | undefined;
    /** Whether Pulumi refreshes each resource as the program registers it, `--run-program`. @default false */
    readonly runProgram?: boolean | undefined;
    /** Asked at every preview and up. @default none */
    readonly policyPack?: PolicyPackChoice | undefined;
    /** Starts the processes of a rehearsal. @default each in a process of its own */
    readonly startChild?: StartChild | undefined;
    /** Starts the policy pack of a rehearsal, which ends it when the run is over. @default one for each run */
    readonly startPack?: typeof startPolicyPack | undefined;
}

export interface PolicyPackChoice {
    /** The folder with PulumiPolicy.yaml. */
    readonly directory: string;
    /** @default what the pack says */
    readonly config?: PolicyConfig;
}

/** For state that lives as long as its scratch folder. */
export const PASSPHRASE = "only for a temporary state";
