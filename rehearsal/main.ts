import { resolve } from "node:path";

import { Command, CommanderError } from "commander";

import { fail, hasCode } from "../src/core/errors/errors";
import { display } from "./display";
import { destroy, preview, type RehearsalEvent, type RehearsalOptions, type Result, refresh, up } from "./engine";
import { configIn, readProject, readStackConfig, readYaml } from "./project";
import { reasonOf } from "./values/reason";

const OPERATIONS = { preview, up, refresh, destroy };

type Name = keyof typeof OPERATIONS;

/** What a command line works with; tests bring their own. */
export interface Stage {
    readonly directory: string;
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly out: (text: string) => void;
    readonly err: (text: string) => void;
    readonly signal: AbortSignal;
}

interface Flags {
    readonly stack: string;
    readonly directory?: string;
    readonly state?: string;
    readonly configFile?: string;
    readonly config?: readonly string[];
    readonly secret?: readonly string[];
    readonly refresh?: boolean;
    readonly json?: boolean;
}

/** 0 done, 1 the operation failed, 2 the call or a file that it names is wrong. */
const STATUS = { done: 0, failed: 1, wrong: 2 } as const;

/** Runs a command line, such as `["up", "--stack", "dev"]`, and gives its exit status. */
export async function main(args: readonly string[], stage: Stage): Promise<number> {
    let status: number = STATUS.done;
    const program = new Command("rehearse")
        .description("Rehearses what the Pulumi CLI would do, with an engine of our own and no CLI.")
        .configureOutput({
            writeOut: (text) => stage.out(text.trimEnd()),
            writeErr: (text) => stage.err(text.trimEnd()),
        })
        .exitOverride();
    for (const name of Object.keys(OPERATIONS) as Name[]) {
        addOptions(program.command(name).description(describe(name))).action(async (flags: Flags) => {
            status = await rehearse(name, flags, stage);
        });
    }
    try {
        await program.parseAsync(args, { from: "user" });
        return status;
    } catch (error) {
        if (error instanceof CommanderError) return error.exitCode === 0 ? STATUS.done : STATUS.wrong;
        stage.err(`rehearse: ${reasonOf(error)}`);
        return hasCode(error, "bad-input") ? STATUS.wrong : STATUS.failed;
    }
}

function describe(name: Name): string {
    const does = {
        preview: "show what up would do",
        up: "bring the stack to what the program declares",
        refresh: "bring the state to what there really is",
        destroy: "delete everything that the stack has",
    };
    return does[name];
}

function addOptions(command: Command): Command {
    return command
        .requiredOption("--stack <name>", "the stack, such as dev")
        .option("--directory <folder>", "the folder with Pulumi.yaml (default: this one)")
        .option("--config-file <file>", "configuration like Pulumi.<stack>.yaml, which it adds to")
        .option("--config <key=value...>", "a value; a key without a namespace is the project's")
        .option("--secret <key=value...>", "a secret value; env:NAME takes it from the environment")
        .option("--state <file>", "the state (default: .zonekeeper/rehearsal/<stack>.json)")
        .option("--refresh", "read everything in the state first, whatever Pulumi.yaml says")
        .option("--no-refresh", "read nothing first")
        .option("--json", "print the result as one JSON document");
}

async function rehearse(name: Name, flags: Flags, stage: Stage): Promise<number> {
    const { name: project } = await readProject(resolve(stage.directory, flags.directory ?? "."));
    const options = await optionsOf(flags, project, stage);
    if (flags.json !== true)
        stage.err(`A rehearsal of pulumi ${name}: an engine of our own stands in for the Pulumi CLI.`);
    const result: Result = await OPERATIONS[name](options);
    const text =
        flags.json === true
            ? JSON.stringify(result)
            : display(result, { operation: name, project, stack: flags.stack });
    stage.out(text);
    return result.ok ? STATUS.done : STATUS.failed;
}

async function optionsOf(flags: Flags, project: string, stage: Stage): Promise<RehearsalOptions> {
    const directory = resolve(stage.directory, flags.directory ?? ".");
    const named = flags.configFile === undefined ? undefined : resolve(stage.directory, flags.configFile);
    const secrets = pairs(flags.secret, project, (value) => fromEnvironment(value, stage.env));
    return {
        directory,
        stack: flags.stack,
        config: {
            ...(await readStackConfig(directory, flags.stack)),
            ...(named === undefined ? {} : configIn(await readYaml(named), named)),
            ...pairs(flags.config, project, (value) => value),
            ...secrets,
        },
        secretKeys: Object.keys(secrets),
        statePath: resolve(directory, flags.state ?? `.zonekeeper/rehearsal/${flags.stack}.json`),
        env: stage.env,
        signal: stage.signal,
        onEvent: (event) => tell(event, stage),
        ...(flags.refresh === undefined ? {} : { refresh: flags.refresh }),
    };
}

function pairs(texts: readonly string[] | undefined, project: string, read: (value: string) => string) {
    const entries = (texts ?? []).map((text) => {
        const end = text.indexOf("=");
        if (end < 1) fail("bad-input", `"${end < 0 ? "a value" : text}" has no key: write key=value`);
        const key = text.slice(0, end);
        return [key.includes(":") ? key : `${project}:${key}`, read(text.slice(end + 1))] as const;
    });
    return Object.fromEntries(entries);
}

function fromEnvironment(value: string, env: Stage["env"]): string {
    if (!value.startsWith("env:")) return value;
    const name = value.slice("env:".length);
    return env[name] ?? fail("bad-input", `the environment has no variable ${name}`);
}

/** Steps are shown at the end; problems too, so that they stand below everything that was printed. */
function tell(event: RehearsalEvent, { err }: Stage): void {
    if (event.kind === "output" && !/^\s+at /.test(event.line)) err(event.line);
    if (event.kind === "log" && event.severity !== "error") err(`${event.severity}: ${event.message}`);
}

if (require.main === module) {
    const stop = new AbortController();
    for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => stop.abort());
    const stage: Stage = {
        directory: process.cwd(),
        env: process.env,
        out: (text) => process.stdout.write(`${text}\n`),
        err: (text) => process.stderr.write(`${text}\n`),
        signal: stop.signal,
    };
    void main(process.argv.slice(2), stage).then((status) => {
        process.exitCode = status;
    });
}
