import { execFile } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { chmod, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { stringify } from "yaml";
import { PROGRAM } from "../../scripts/deploy/pulumiCli";
import { ROOT, type Step } from "./jobs";

const run = promisify(execFile);

/** What a checkout needs in order to be deployed and promoted. */
const FILES = [...PROGRAM, ".mocharc.json", "grants.dev.yaml", "policies", "emulator", "rehearsal", "scripts"];

/** A call of one of the tools that stand in, or that are watched. */
export interface Call {
    readonly tool: string;
    readonly args: readonly string[];
}

export interface Ended {
    readonly status: number;
    readonly output: string;
    /** In order. */
    readonly calls: readonly Call[];
}

/** A repository with the program, of which each job gets a fresh clone, and a store of artifacts between them. */
export interface Sandbox extends AsyncDisposable {
    /** The repository. */
    readonly origin: string;
    /** A folder for what lasts as long as the sandbox. */
    readonly scratch: string;
    git(...args: readonly string[]): Promise<string>;
    commit(): Promise<string>;
    /** Runs the steps as the systems do: by `bash -eo pipefail`, and after a failure only what is for always. */
    job(steps: readonly Step[], env: Readonly<Record<string, string>>): Promise<Ended>;
}

/**
 * @param config Of each stack, by its name.
 * @param pulumi A script to stand in for the Pulumi CLI, or undefined to call the one on PATH. Its calls are noted either way.
 */
export async function openSandbox(config: Readonly<Record<string, object>>, pulumi?: string): Promise<Sandbox> {
    const scratch = await mkdtemp(join(tmpdir(), "zonekeeper-"));
    const [origin, bin, log] = [join(scratch, "origin"), join(scratch, "bin"), join(scratch, "calls")];
    const path = process.env.PATH ?? "";
    await mkdir(origin);
    await mkdir(bin);
    await Promise.all(FILES.map((name) => cp(join(ROOT, name), join(origin, name), { recursive: true })));
    await writeFile(join(origin, ".gitignore"), "node_modules\n.zonekeeper/\n");
    for (const [stack, values] of Object.entries(config)) {
        await writeFile(join(origin, `Pulumi.${stack}.yaml`), stringify({ config: values }));
    }
    const promote = `exec "${process.execPath}" --require ./tsx.cjs scripts/promote/main.ts "\${@:4}"`;
    await standIn(bin, log, "npm", `if [ "$1 $2" = "run promote" ]; then ${promote}; fi`);
    await standIn(bin, log, "gh", "");
    await standIn(bin, log, "curl", "cat > /dev/null");
    await standIn(bin, log, "pulumi", pulumi ?? `PATH="${path}" exec pulumi "$@"`);
    const git = async (...args: readonly string[]) =>
        (
            await run("git", ["-c", "user.name=t", "-c", "user.email=t@example.com", ...args], { cwd: origin })
        ).stdout.trim();
    await git("init", "--quiet", "--initial-branch", "main");
    let clones = 0;
    return {
        origin,
        scratch,
        git,
        async commit() {
            await git("add", "--all");
            await git("commit", "--quiet", "--allow-empty", "--message", "a change");
            return git("rev-parse", "HEAD");
        },
        async job(steps, env) {
            clones += 1;
            const work = join(scratch, `job-${clones}`);
            await git("clone", "--quiet", origin, work);
            await symlink(join(ROOT, "node_modules"), join(work, "node_modules"), "junction");
            await writeFile(log, "");
            const own = { ...env, PATH: [bin, dirname(process.execPath), path].join(delimiter) };
            const { status, output } = await runSteps(steps, work, join(scratch, "artifacts"), own);
            const calls = (await readFile(log, "utf8")).split("\n").filter(Boolean).map(callIn);
            return { status, output, calls };
        },
        [Symbol.asyncDispose]: () => rm(scratch, { recursive: true, force: true }),
    };
}

async function runSteps(
    steps: readonly Step[],
    work: string,
    store: string,
    env: Readonly<Record<string, string>>,
): Promise<{ status: number; output: string }> {
    let [status, output] = [0, ""];
    for (const step of steps) {
        if (step.kind === "run") {
            if (status !== 0) continue;
            const ended = await shell(step.script, work, { ...env, ...step.env });
            status = ended.status;
            output += ended.output;
        } else if (step.kind === "load") {
            await cp(join(store, step.name), join(work, step.path), { recursive: true });
        } else if ((status === 0 || step.always) && existsSync(join(work, step.path))) {
            const from = join(work, step.path);
            const to = statSync(from).isFile() ? [step.name, basename(step.path)] : [step.name];
            await cp(from, join(store, ...to), { recursive: true });
        }
    }
    return { status, output };
}

async function shell(script: string, cwd: string, env: NodeJS.ProcessEnv): Promise<{ status: number; output: string }> {
    const ended = await run("bash", ["-eo", "pipefail", "-c", script], { cwd, env, timeout: 120_000 }).catch(
        (error: { code?: unknown; stdout: string; stderr: string }) => ({ ...error, code: Number(error.code ?? 1) }),
    );
    return { status: "code" in ended ? (ended.code as number) : 0, output: ended.stdout + ended.stderr };
}

/** Notes its arguments, a line for each call and a tab between them, and does as the script says. */
async function standIn(bin: string, log: string, tool: string, script: string): Promise<void> {
    const note = `printf '%s' ${tool} >> "${log}"; printf '\\t%s' "$@" >> "${log}"; echo >> "${log}"`;
    await writeFile(join(bin, tool), `#!/usr/bin/env bash\n${note}\n${script}\n`);
    await chmod(join(bin, tool), 0o755);
}

function callIn(line: string): Call {
    const [tool = "", ...args] = line.split("\t");
    return { tool, args };
}
