import { strict as assert } from "node:assert";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";

import { type Emulator, startEmulator } from "../../emulator/emulator";
import type { Seed } from "../../emulator/seed";
import { main } from "../../src/cli/main";

/** What every call has in its environment, and must never show. */
export const TOKEN = "00tHiSiSaSeCrEtToKeN_aNd-LoNg";

export interface Called {
    readonly status: number;
    readonly out: string;
    /** Each thing that was said there. */
    readonly err: readonly string[];
}

export interface CallOptions {
    /** @default the token */
    readonly env?: Readonly<Record<string, string>>;
    readonly directory?: string;
    /** @default nothing */
    readonly stdin?: string;
}

/** Runs a command line in this process. */
export async function call(args: readonly string[], options: CallOptions = {}): Promise<Called> {
    const { env = { OKTA_API_TOKEN: TOKEN }, directory = tmpdir(), stdin = "" } = options;
    const [out, err]: [string[], string[]] = [[], []];
    const say = { out: (text: string) => out.push(text), err: (text: string) => err.push(text) };
    const status = await main(args, { env, directory, stdin: Readable.from([Buffer.from(stdin)]), ...say });
    const said = [...out, ...err].join("\n");
    const secrets = Object.entries(env).filter(
        ([name, text]) => !/CLIENT_ID|SCOPES|ORG_NAME|BASE_URL/.test(name) && !text.startsWith("http"),
    );
    for (const [, secret] of secrets) {
        assert.equal(said.includes(secret), false, `it shows a secret: ${said}`);
    }
    assert.doesNotMatch(said, /^\s+at /m);
    // Whatever a test makes fail: the sentence that says so, which comes last, ends with its stable code.
    const failure = err.filter((text) => text.startsWith("zonekeeper: ")).at(-1);
    if ((status === 1 || status === 2) && failure !== undefined) assert.match(failure, /\[ZK\d{3}\]$/);
    return { status, out: out.join("\n"), err };
}

/** An emulated Okta, and a folder with a file `grants.yaml`. */
export interface Scene extends AsyncDisposable {
    readonly okta: Emulator;
    readonly directory: string;
    /** `zonekeeper sync --okta … --zone nzo1 --source grants.yaml` and more; a flag given again wins. */
    sync(flags?: readonly string[], env?: Readonly<Record<string, string>>): Promise<Called>;
    /** Writes a file of the folder. */
    write(name: string, text: string): Promise<void>;
    /** What Okta was asked: `GET /api/v1/zones/nzo1 200`. */
    asked(): readonly string[];
    /** Every list of gateways that a zone ever had. */
    states(zoneId: string): readonly (readonly string[])[];
}

/**
 * @param zones The gateways of each zone by its id; a zone is called `Zone <id>`.
 * @param now What time it is to Okta. @default the machine's clock
 */
export async function openScene(
    zones: Readonly<Record<string, readonly string[]>>,
    grants: string,
    more: Seed = {},
    now = Date.now,
): Promise<Scene> {
    const okta = await startEmulator({
        now,
        idSeed: "scene",
        seed: { ...more, zones: [...seedOf(zones), ...(more.zones ?? [])] },
    });
    const directory = await mkdtemp(join(tmpdir(), "zonekeeper-"));
    const write = (name: string, text: string) => writeFile(join(directory, name), text);
    await write("grants.yaml", grants);
    return {
        okta,
        directory,
        write,
        sync(flags = [], env) {
            const given = (name: string, value: string) => (flags.includes(name) ? [] : [name, value]);
            const common = [
                ...given("--okta", okta.url),
                ...given("--zone", "nzo1"),
                ...given("--source", "grants.yaml"),
            ];
            return call(["sync", ...common, ...flags], { directory, ...(env && { env }) });
        },
        asked: () => okta.requests.map(({ method, path, status }) => `${method} ${path} ${status}`),
        states: (id) => okta.history.filter(({ zoneId }) => zoneId === id).map(({ gateways }) => gateways),
        async [Symbol.asyncDispose]() {
            await okta.close();
            await rm(directory, { recursive: true });
        },
    };
}

function seedOf(zones: Readonly<Record<string, readonly string[]>>): NonNullable<Seed["zones"]> {
    return Object.entries(zones).map(([id, gateways]) => ({
        id,
        name: `Zone ${id}`,
        gateways: gateways.map((value) => ({
            type: value.includes("/") ? ("CIDR" as const) : ("RANGE" as const),
            value,
        })),
    }));
}

/** A document of permanent grants: the address of each by its id. */
export function grantsOf(addresses: Readonly<Record<string, string>>): string {
    const grants = Object.entries(addresses).map(([id, ip]) => ({ id, ip, permanent: true }));
    return JSON.stringify({ grants });
}
