import type { Child, StartChild } from "../processes/child";

export interface ProgramOptions {
    readonly node: string;
    readonly nodeArgs: readonly string[];
    /** See Project. */
    readonly main: string;
    readonly directory: string;
    readonly project: string;
    readonly stack: string;
    /** `host:port` of the server that is both resource monitor and engine. */
    readonly engine: string;
    readonly preview: boolean;
    readonly config: Readonly<Record<string, string>>;
    readonly secretKeys: readonly string[];
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly start: StartChild;
    readonly onLine: (line: string, stream: "stdout" | "stderr") => void;
}

/** What `pulumi.getOrganization()` gives on a file backend, and here. */
const ORGANIZATION = "organization";

/** How many resources the program may register at a time. */
const PARALLEL = "16";

/** Starts the user's program, as Pulumi's language host does: Pulumi's own `cmd/run` in the project's folder. */
export function startProgram(options: ProgramOptions): Child {
    const { directory, engine, project, stack } = options;
    const run = require.resolve("@pulumi/pulumi/cmd/run", { paths: [directory] });
    const flags = ["--monitor", engine, "--engine", engine, "--project", project, "--stack", stack];
    const places = ["--organization", ORGANIZATION, "--root-directory", directory, "--pwd", directory];
    const mode = ["--parallel", PARALLEL, ...(options.preview ? ["--dry-run"] : [])];
    return options.start({
        node: options.node,
        args: [...options.nodeArgs, run, ...flags, ...places, ...mode, options.main],
        directory,
        env: {
            ...options.env,
            PULUMI_CONFIG: JSON.stringify(options.config),
            PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(options.secretKeys),
        },
        onLine: options.onLine,
    });
}
