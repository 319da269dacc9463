import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";

import { startEmulator } from "../../emulator/emulator";
import { readSeed } from "../../emulator/seed";
import { fail, hasCode } from "../core/errors/errors";
import { fileProblem } from "../sources/file/fileProblem";
import { STATUS, type Terminal } from "./terminal/terminal";

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

/** The parser's own message is left out: it quotes the text, which may hold tokens. */
async function readSeedFile(path: string) {
    const cannot = (why: string): never => fail("bad-input", `cannot use the seed ${path}: ${why}`);
    const text = await readFile(path, "utf8").catch((cause) => cannot(fileProblem(cause) ?? String(cause)));
    try {
        return readSeed(JSON.parse(text));
    } catch (error) {
        return cannot(hasCode(error, "bad-input") ? error.message : "it is not JSON");
    }
}
