import { createReadStream } from "node:fs";
import { resolve } from "node:path";

import { fail, hasCode } from "../../core/errors/errors";
import { duplicateKey } from "../../sources/document/jsonKeys";
import { fileProblem } from "../../sources/file/fileProblem";
import type { Terminal } from "../terminal/terminal";

/** All zones of an org, full, are some 2 MiB of Okta's JSON. */
const MOST_BYTES = 8 * 1024 * 1024;

/** How the name of a file is called in messages: `zone file staff.json`; stdin is `-`. */
export interface Input {
    /** Such as `zone file`. */
    readonly kind: string;
    readonly path: string;
}

export function inputName({ kind, path }: Input): string {
    return path === "-" ? `${kind} - (stdin)` : `${kind} ${path}`;
}

/**
 * The text of a file, or of stdin.
 *
 * @throws `file-unreadable`; `bad-input` where it is too long, or not UTF-8
 */
export async function readInput(input: Input, { directory, stdin }: Terminal): Promise<string> {
    const name = inputName(input);
    const bytes = input.path === "-" ? (stdin ?? []) : createReadStream(resolve(directory, input.path));
    try {
        return decode(await collect(bytes, name), name);
    } catch (cause) {
        if (hasCode(cause, "bad-input")) throw cause;
        return fail("file-unreadable", `cannot read ${name}: ${fileProblem(cause) ?? String(cause)}`, { cause });
    }
}

/**
 * The parser's own message is left out: it quotes the text, which may hold anything.
 *
 * @throws as readInput; `bad-input` where it is not JSON, or not clear
 */
export async function readJson(input: Input, terminal: Terminal): Promise<unknown> {
    const text = await readInput(input, terminal);
    const name = inputName(input);
    if (text.trim() === "") return fail("bad-input", `${name} is empty`);
    const document = parsed(text) ?? fail("bad-input", `${name} is not JSON, or it is cut off`);
    const twice = duplicateKey(text);
    return twice === undefined ? document.json : fail("bad-input", `${name}: ${twice}`);
}

async function collect(bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, name: string): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of bytes) {
        size += chunk.length;
        if (size > MOST_BYTES) fail("bad-input", `${name} is longer than ${MOST_BYTES / 1024 / 1024} MiB`);
        chunks.push(chunk);
    }
    return Buffer.concat(chunks);
}

function decode(bytes: Uint8Array, name: string): string {
    try {
        return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch (cause) {
        return fail("bad-input", `${name} is not UTF-8 text`, { cause });
    }
}

function parsed(text: string): { readonly json: unknown } | undefined {
    try {
        return { json: JSON.parse(text) };
    } catch {
        return undefined;
    }
}
