import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { version as oktaPlugin } from "@pulumi/okta/package.json";

import { type Emulator, type EmulatorOptions, startEmulator } from "../../emulator/emulator";
import type { Deployed, Operation, PolicyPackChoice } from "../../scripts/deploy/deployer";
import { PROGRAM, pulumiCli, whyNotPulumiCli } from "../../scripts/deploy/pulumiCli";
import { rehearsed } from "../../scripts/deploy/rehearsed";
import { sandboxEnv } from "../../scripts/deploy/sandboxEnv";
import { keptPolicyPack } from "./keptPolicyPack";
import { processes } from "./processes";

const ROOT = join(__dirname, "../..");

/** The program on an emulated Okta, with a document of grants that a test rewrites. */
export interface TestStack extends AsyncDisposable {
    readonly okta: Emulator;
    /** Replaces the grants. */
    grant(...grants: readonly object[]): Promise<void>;
    /** What the grants file holds, word for word. */
    write(text: string): Promise<void>;
    /** Rewrites what the engine remembers, as another version of the program would have left it. */
    editState(edit: (state: StateOfStack) => void): Promise<void>;
    /** @param config Settings of `zonekeeper:`, without that prefix, and full keys of others; undefined takes one away. */
    deploy(operation: Operation, config?: Readonly<Record<string, string | undefined>>): Promise<Deployed>;
    /** As deploy, and fails with the problems where there are any. */
    succeed(operation: Operation, config?: Readonly<Record<string, string | undefined>>): Promise<Deployed>;
}

/** The part of a state that both engines have. */
export interface StateOfStack {
    resources: {
        readonly urn: string;
        readonly type: string;
        protect?: boolean;
        dependencies?: string[];
        readonly inputs?: Record<string, unknown>;
        readonly outputs?: Record<string, unknown>;
    }[];
}

export const ENGINES = ["rehearsal", "pulumi"] as const;

export type Engine = (typeof ENGINES)[number];

/** The ways of deploying that evict nobody: each engine, and Pulumi with `--run-program`, which the workflows set. */
export const WAYS: readonly (readonly [way: string, engine: Engine, options: Pick<StackOptions, "runProgram">])[] = [
    ["rehearsal", "rehearsal", {}],
    ["pulumi", "pulumi", {}],
    ["pulumi --run-program", "pulumi", { runProgram: true }],
];

/** Why the engine cannot be had on this machine; undefined when it can. */
export async function whyNot(engine: Engine): Promise<string | undefined> {
    return engine === "rehearsal" ? undefined : whyNotPulumiCli(oktaPlugin, process.env);
}

export interface StackOptions {
    readonly okta?: EmulatorOptions;
    /** For the program and the providers, besides the process's own. */
    readonly env?: Readonly<Record<string, string | undefined>>;
    readonly policyPack?: PolicyPackChoice;
    /** The text of a program in place of the checkout's `index.ts`. */
    readonly program?: string;
    /** Its name. @default "dev" */
    readonly stack?: string;
    /** @default what Pulumi.yaml says */
    readonly refresh?: boolean;
    /** See DeployerOptions. */
    readonly runProgram?: boolean;
}

/** @returns what the emulated Okta, the deployer and the grants have in common; closed by `await using` or in `after` */
export async function openStack(engine: Engine, options: StackOptions = {}): Promise<TestStack> {
    const scratch = await mkdtemp(join(tmpdir(), "zonekeeper-"));
    const okta = await startEmulator(options.okta);
    const grants = join(scratch, "grants.yaml");
    await writeFile(grants, "grants: []\n");
    const env = { ...sandboxEnv(process.env, "a-token-of-the-tests"), ...options.env };
    const { policyPack, refresh, runProgram, stack = "dev" } = options;
    const directory = options.program === undefined ? ROOT : await projectWith(options.program, scratch);
    const pack = keptPolicyPack();
    const deployerOptions = {
        directory,
        scratch,
        env,
        policyPack,
        refresh,
        runProgram,
        stack,
        startChild: processes.start,
        startPack: pack.start,
    };
    const deployer = engine === "rehearsal" ? rehearsed(deployerOptions) : await pulumiCli(deployerOptions);
    const base = {
        "okta:orgName": "dev",
        "okta:baseUrl": "okta.com",
        "okta:httpProxy": okta.url,
        "zonekeeper:source": JSON.stringify({ type: "file", path: grants }),
    };
    const deploy: TestStack["deploy"] = (operation, config = {}) => {
        const own = Object.entries(config).map(([key, text]) => [key.includes(":") ? key : `zonekeeper:${key}`, text]);
        const all: Record<string, string | undefined> = { ...base, ...Object.fromEntries(own) };
        const set = Object.entries(all).flatMap(([key, text]) => (text === undefined ? [] : [[key, text] as const]));
        return deployer.deploy(operation, Object.fromEntries(set));
    };
    return {
        okta,
        write: (text) => writeFile(grants, text),
        grant: (...list) => writeFile(grants, JSON.stringify({ grants: list })),
        deploy,
        async editState(edit) {
            const path = join(
                scratch,
                engine === "rehearsal" ? `${stack}.json` : `state/.pulumi/stacks/zonekeeper/${stack}.json`,
            );
            const state = JSON.parse(await readFile(path, "utf8"));
            edit(engine === "rehearsal" ? state : state.checkpoint.latest);
            await writeFile(path, JSON.stringify(state));
        },
        async succeed(operation, config) {
            const deployed = await deploy(operation, config);
            if (deployed.problems.length > 0) throw new Error(deployed.problems.join("\n"));
            return deployed;
        },
        async [Symbol.asyncDispose]() {
            await pack[Symbol.asyncDispose]();
            await okta.close();
            await rm(scratch, { recursive: true, force: true });
        },
    };
}

/** A copy of the checkout's program, with another `index.ts`. */
export async function projectWith(program: string, scratch: string): Promise<string> {
    const directory = join(scratch, "project");
    await mkdir(directory);
    await Promise.all(PROGRAM.map((name) => cp(join(ROOT, name), join(directory, name), { recursive: true })));
    await symlink(join(ROOT, "node_modules"), join(directory, "node_modules"), "junction");
    await writeFile(join(directory, "index.ts"), program);
    return directory;
}

/** A grant without an end, by its address alone. */
export function permanent(ip: string): object {
    return { id: `grant of ${ip}`, ip, permanent: true };
}

/** The requests since `from`, with ids replaced by words: what an engine asked of Okta, to be compared with another's. */
export function asked({ requests }: Emulator, from = 0): string[] {
    return requests
        .slice(from)
        .map(({ method, path }) => `${method} ${path.replace(/\/(nzo|rst|rul|0oa|00u)\w{17}/g, "/{$1}")}`);
}
