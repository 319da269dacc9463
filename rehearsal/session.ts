import type { RehearsalOptions, Result } from "./options";
import { startChild } from "./processes/child";
import { type Project, readProject } from "./project";
import { startDynamicProvider } from "./providers/dynamicProvider";
import { PROVIDER_TYPE, type Providers, providers } from "./providers/providers";
import { ledger } from "./state/ledger";
import { lockState } from "./state/lock";
import { outputsOfStack, resourceOutputsOfStack } from "./state/otherStack";
import { readState, type StateFile } from "./state/state";
import type { Deployment } from "./steps/deployment";
import { type Journal, journal } from "./steps/journal";
import { refreshed } from "./steps/refreshing";
import { reasonOf } from "./values/reason";

type Env = Readonly<Record<string, string | undefined>>;

/** What the parts of one operation on one stack share, from the first file that is read to the last process that ends. */
export interface Session {
    readonly options: RehearsalOptions;
    readonly project: Project;
    readonly journal: Journal;
    readonly deployment: Deployment;
    /** For the program and the dynamic provider. */
    readonly env: Env;
    /** Whether the operation is to read everything in the state first. */
    readonly refreshes: boolean;
    /** Aborted when the caller stops the operation, or when it takes too long. */
    readonly signal: AbortSignal;
    refresh(): Promise<void>;
}

const LIMIT_MS = 15 * 60_000;

/** How long a stopped operation waits for what it has begun: a request that is cut may have been carried out. */
const GRACE_MS = 20_000;

/** Variables that would reach the two processes from a Pulumi or a rehearsal around this one, and the passphrase. */
const PRIVATE = /^PULUMI_(NODEJS_|CONFIG)/;

/** Variables whose values are secrets. */
const SECRET_VARIABLES = ["OKTA_API_TOKEN", "OKTA_ACCESS_TOKEN", "OKTA_API_PRIVATE_KEY", "PULUMI_CONFIG_PASSPHRASE"];

/** Opens a session, does the work, and leaves no process and no lock behind, however the work ends. */
export async function withSession(
    options: RehearsalOptions,
    mode: "write" | "preview",
    work: (session: Session) => Promise<Result>,
): Promise<Result> {
    const project = await readProject(options.directory);
    const env = options.env ?? process.env;
    const unlock = mode === "write" ? await lockState(options.statePath) : async () => {};
    try {
        const passphrase = options.passphrase ?? env.PULUMI_CONFIG_PASSPHRASE;
        const file = await readState(options.statePath, options.stack, passphrase);
        return await inSession({ options, project, env, mode, file, passphrase }, work);
    } finally {
        await unlock();
    }
}

interface Parts {
    readonly options: RehearsalOptions;
    readonly project: Project;
    readonly env: Env;
    readonly mode: "write" | "preview";
    readonly file: StateFile;
    readonly passphrase: string | undefined;
}

async function inSession(parts: Parts, work: (session: Session) => Promise<Result>): Promise<Result> {
    const { options } = parts;
    const notes = journal(secretsOf(parts), options.onEvent ?? (() => {}));
    const [stop, cut] = [new AbortController(), new AbortController()];
    const staff = staffOf(parts, notes, cut.signal);
    let grace: NodeJS.Timeout | undefined;
    const end = (problem: string) => {
        notes.end(problem);
        stop.abort();
        grace ??= setTimeout(() => {
            cut.abort();
            void staff.stop();
        }, GRACE_MS);
    };
    const onAbort = () => end("stopped; what was done is recorded");
    const timer = setTimeout(() => end(`stopped after ${LIMIT_MS / 60_000} min; what was done is recorded`), LIMIT_MS);
    options.signal?.addEventListener("abort", onAbort);
    if (options.signal?.aborted) onAbort();
    try {
        return await work(sessionOf(parts, notes, staff, stop.signal));
    } catch (error) {
        notes.problem(reasonOf(error));
        return { ok: false, steps: notes.steps, problems: notes.problems, outputs: {} };
    } finally {
        clearTimeout(timer);
        clearTimeout(grace);
        options.signal?.removeEventListener("abort", onAbort);
        await staff.stop();
    }
}

function secretsOf({ options, env }: Parts): string[] {
    const configured = (options.secretKeys ?? []).map((key) => options.config[key]);
    const found = [...configured, ...SECRET_VARIABLES.map((name) => env[name]), options.passphrase];
    return found.filter((text) => text !== undefined);
}

function staffOf({ options, project, env, file }: Parts, notes: Journal, signal: AbortSignal): Providers {
    const staff = providers({
        config: options.config,
        env,
        signal,
        onWait: (text) => notes.output("provider", text),
        startDynamic: () =>
            startDynamicProvider({
                node: options.node ?? process.execPath,
                directory: options.directory,
                project: project.name,
                config: options.config,
                env: forChildren(env),
                start: options.startChild ?? startChild,
                onLine: (line) => notes.output("provider", line),
            }),
    });
    for (const { type, urn, inputs } of file.resources) if (type.startsWith(PROVIDER_TYPE)) staff.declare(urn, inputs);
    return staff;
}

function sessionOf(parts: Parts, notes: Journal, staff: Providers, signal: AbortSignal): Session {
    const { options, project, mode, file, env } = parts;
    const book = ledger(file, mode);
    const others = { statePath: options.statePath, passphrase: parts.passphrase };
    return {
        options,
        project,
        journal: notes,
        env: forChildren(env),
        refreshes: options.refresh ?? project.refreshes,
        signal,
        deployment: {
            stack: options.stack,
            project: project.name,
            mode,
            ledger: book,
            journal: notes,
            providers: staff,
            signal,
            onChecked: options.onChecked ?? (() => []),
            otherStack: (name) => outputsOfStack(name, others),
            stackResources: (name) => resourceOutputsOfStack(name, others),
            admit: file.admit,
        },
        async refresh() {
            if (signal.aborted) return;
            await book.restart(await refreshed(file.resources, { journal: notes, providers: staff }));
        },
    };
}

function forChildren(env: Env): Env {
    return Object.fromEntries(Object.entries(env).filter(([name]) => !PRIVATE.test(name)));
}
