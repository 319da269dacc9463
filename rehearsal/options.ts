import type { StartChild } from "./processes/child";
import type { OnChecked } from "./steps/deployment";
import type { RehearsalEvent, Step } from "./steps/journal";

export interface RehearsalOptions {
    /** The folder with Pulumi.yaml. */
    readonly directory: string;
    readonly stack: string;
    /** Full keys, such as `zonekeeper:zoneName`; lists and objects as JSON. */
    readonly config: Readonly<Record<string, string>>;
    /** Which of these keys are secret. @default none */
    readonly secretKeys?: readonly string[];
    /** The file that keeps the stack's state. */
    readonly statePath: string;
    /** Encrypts the state's secrets. @default PULUMI_CONFIG_PASSPHRASE of `env` */
    readonly passphrase?: string;
    /** For the program and the providers. @default process.env */
    readonly env?: Readonly<Record<string, string | undefined>>;
    /** Whether everything in the state is read before the operation. @default what Pulumi.yaml says */
    readonly refresh?: boolean;
    /** Hears of each step and message as it comes. */
    readonly onEvent?: (event: RehearsalEvent) => void;
    /** Judges each resource's checked inputs, as policy packs do. */
    readonly onChecked?: OnChecked;
    /** Ends the operation; what was done stays done and recorded. */
    readonly signal?: AbortSignal;
    /** The Node that runs the program. @default process.execPath */
    readonly node?: string;
    /** Starts the processes of the program and of the dynamic provider. @default each in a process of its own */
    readonly startChild?: StartChild;
}

export interface Result {
    readonly ok: boolean;
    /** In the order in which they ended. */
    readonly steps: readonly Step[];
    /** Why it is not ok; no secret is in them. */
    readonly problems: readonly string[];
    /** What the stack exports; `[secret]` and `[unknown]` stand for what cannot be shown. */
    readonly outputs: Readonly<Record<string, unknown>>;
}
