import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";

import { startEmulator } from "../../emulator/emulator";
import { readSeed } from "../../emulator/seed";
import { fail } from "../core/errors";
import { STATUS, type Terminal } from "./terminal";

export interface EmulatorFlags {
    readonly port: number;
    readonly seed?: string;
}

/** Serves an Okta stand-in until the process is asked to end. */
export async function emulator({ port, seed }: EmulatorFlags, terminal: Terminal): Promise<number> {
    const org = seed === undefined ? undefined : await readSeedFile(resolve(terminal.directory, seed));
    const started = await startEmulator({ port, ...(org && { seed: org }) });
    terminal.out(started.url);
    terminal.err(
        `An Okta stand-in. Use it with OKTA_API_TOKEN=any and --okta ${started.url}, or okta:httpProxy ${started.url}.`,
    );
    await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
    await started.close();
    return STATUS.done;
}

async function readSeedFile(path: string) {
    try {
        return readSeed(JSON.parse(await readFile(path, "utf8")));
    } catch (cause) {
        return fail("bad-input", `cannot use the seed ${path}: ${(cause as Error).message}`, { cause });
    }
}
