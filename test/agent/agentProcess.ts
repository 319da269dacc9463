import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { type Emulator, startEmulator } from "../../emulator/emulator";
import type { Seed } from "../../emulator/seed";
import { BIN, type Ran, start } from "../support/run";

export const TOKEN = "00tHiSiSaSeCrEtToKeN_aNd-LoNg";

/** A line of the agent's log, as JSON. */
export interface Said {
    readonly level: string;
    readonly msg: string;
    readonly type?: string;
    readonly [field: string]: unknown;
}

/** The agent as a process of its own. */
export interface AgentProcess extends AsyncDisposable {
    /** Where it listens; rejects where it ends before that. */
    readonly url: Promise<string>;
    /** The next line of its log of that type, from now on or since the last one that was asked for. */
    saw(type: string): Promise<Said>;
    kill(signal: NodeJS.Signals): void;
    readonly ended: Promise<Ran>;
}

/** An emulated Okta, and a folder with a configuration and grants. */
export interface AgentScene extends AsyncDisposable {
    readonly okta: Emulator;
    readonly directory: string;
    write(name: string, text: string): Promise<void>;
    /** Starts an agent on `agent.yaml` of the folder, or on another file of it, with more in its environment. */
    agent(config?: string, env?: Readonly<Record<string, string>>): AgentProcess;
    /** Starts an agent with just these flags, and `--json`. */
    startPlain(flags: readonly string[], env?: Readonly<Record<string, string>>): AgentProcess;
    /** The gateways of a zone now. */
    gateways(zoneId: string): readonly string[];
}

const CONFIG = {
    zones: ["nzo1"],
    source: { type: "file", path: "grants.yaml" },
    listen: "127.0.0.1:0",
    state: "state",
};

/**
 * @param config Changes the usual configuration: the zone `nzo1`, grants in a file.
 * @param now What time it is to Okta. @default the machine's clock
 */
export async function openAgentScene(config: object = {}, seed: Seed = {}, now = Date.now): Promise<AgentScene> {
    const zones = [{ id: "nzo1", name: "Staff", gateways: [{ type: "CIDR" as const, value: "192.0.2.0/32" }] }];
    const okta = await startEmulator({ now, idSeed: "agent", seed: { zones, ...seed } });
    const directory = await mkdtemp(join(tmpdir(), "zonekeeper-"));
    const write = (name: string, text: string) => writeFile(join(directory, name), text);
    await write("agent.yaml", JSON.stringify({ ...CONFIG, ...config }));
    await write("grants.yaml", "grants: []\n");
    const running: AgentProcess[] = [];
    return {
        okta,
        directory,
        write,
        agent(file = "agent.yaml", env = {}) {
            const flags = ["--config", file, "--okta", okta.url, "--json"];
            const process = startAgent(flags, directory, env);
            running.push(process);
            return process;
        },
        startPlain(flags, env = {}) {
            const process = startAgent([...flags, "--json"], directory, env);
            running.push(process);
            return process;
        },
        gateways: (id) => okta.history.filter(({ zoneId }) => zoneId === id).at(-1)?.gateways ?? [],
        async [Symbol.asyncDispose]() {
            for (const process of running) await process[Symbol.asyncDispose]();
            await okta.close();
            await rm(directory, { recursive: true });
        },
    };
}

function startAgent(flags: readonly string[], directory: string, more: Readonly<Record<string, string>>): AgentProcess {
    const env = { OKTA_API_TOKEN: TOKEN, ...more };
    const { child, ended, ...rest } = start([BIN, "agent", ...flags], { env, directory });
    const unread: Said[] = [];
    const waiting: { readonly type: string; readonly tell: (said: Said) => void }[] = [];
    if (child.stdout === null) throw new Error("no output");
    createInterface({ input: child.stdout }).on("line", (line) => {
        const said = JSON.parse(line) as Said;
        const index = waiting.findIndex(({ type }) => type === typeOf(said));
        if (index < 0) unread.push(said);
        else waiting.splice(index, 1)[0]?.tell(said);
    });
    const saw = (type: string) => {
        const index = unread.findIndex((said) => typeOf(said) === type);
        const [said] = index < 0 ? [] : unread.splice(index, 1);
        if (said !== undefined) return Promise.resolve(said);
        const seen = new Promise<Said>((tell) => waiting.push({ type, tell }));
        const over = ended.then(({ stdout, stderr }) => {
            throw new Error(`it ended without ${type}: ${stdout}${stderr}`);
        });
        return Promise.race([seen, over]);
    };
    const url = saw("listening").then(({ msg }) => msg.replace("listening on ", ""));
    url.catch(() => {});
    return { url, saw, kill: (signal) => void child.kill(signal), ended, ...rest };
}

/**
 * Lines that tell of no event are called by their first word, or as said here; those of one of several memberships end
 * with its name.
 */
function typeOf({ type, membership, msg = "" }: Partial<Said>): string {
    if (type === undefined) return / is kept no more/.test(msg) ? "removed" : (msg.split(" ")[0] ?? "");
    return membership === undefined || membership === "default" ? type : `${type}.${membership}`;
}
