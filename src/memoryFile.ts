import { stat } from "node:fs/promises";
import type { z } from "zod";

import type { Clock } from "./clock";
import { fail } from "./core/errors/errors";
import type { Grant } from "./core/grants/grants";
import type { MemoryStore, Remembered } from "./core/membership/memory";
import {
    changeText,
    copyOf,
    entryOf,
    type RememberedInFile,
    rememberedIn,
    wholeText,
} from "./core/membership/memoryDocument";
import { appendDurably, readIfThere, setAside, writeDurably } from "./durable";
import { inSlices } from "./sources/slices";

export interface MemoryFileOptions {
    readonly path: string;
    readonly clock: Pick<Clock, "now" | "elapsedMs">;
    /** Receives a sentence if the file cannot be used. */
    readonly onSetAside: (sentence: string) => void;
    /** `read`: nothing is written. @default "write" */
    readonly mode?: "read" | "write";
    /** See `writeDurably`. */
    readonly writer?: string;
    /** From this size on, a change is appended instead of rewriting the file. @default 65_536 */
    readonly largeBytes?: number;
}

export interface MemoryFile extends MemoryStore {
    read(): Promise<RememberedInFile | undefined>;
    write(remembered: Remembered, follows?: string): Promise<string>;
}

/** The last write of this process, and the state of the file after it: another process may have written since. */
interface Latest {
    readonly grants: readonly Grant[];
    readonly file: FileState;
    /** Of the line with the whole memory. */
    readonly wholeBytes: number;
}

interface FileState {
    readonly inode: number;
    readonly bytes: number;
}

/** Changes are appended until they have this share of the whole, as all of them are read at a start. */
const MOST_CHANGES = 1 / 4;

/**
 * Stores the memory in a file as lines of JSON. The first line has all of it; in a large file changes follow, so that the
 * cost of a change does not grow with the number of grants:
 *
 *   {"format":2,"source":"file grants.yaml","readAtMs":1796126400000,"written":{"wallMs":…,"elapsedMs":…},
 *    "memory":{"staticGateways":[],"unknown":{"nzo1…":["203.0.113.7/32"]},…},
 *    "grants":[{"id":"g1","ip":["203.0.113.7/32"],"expiresAtMs":1796148000000,"labels":{}}]}
 *
 * A damaged file is renamed, as nothing in it can be trusted: the membership is then at first contact with its zones,
 * which removes no entry. A last line without a line end was cut off by a crash and never acknowledged, and is ignored.
 */
export function memoryFile(options: MemoryFileOptions): MemoryFile {
    const { path, clock, onSetAside, mode = "write", writer, largeBytes = 65_536 } = options;
    // Most grants are the same objects in the next memory: each is serialized once.
    const texts = new WeakMap<Grant, string>();
    const textOf = (grant: Grant) => {
        const text = texts.get(grant) ?? JSON.stringify(entryOf(grant));
        texts.set(grant, text);
        return text;
    };
    let latest: Latest | undefined;

    /** @returns whether it could be added */
    async function added(text: string | undefined): Promise<boolean> {
        if (text === undefined || latest === undefined) return false;
        const { file, wholeBytes } = latest;
        const isFull = file.bytes - wholeBytes + text.length > wholeBytes * MOST_CHANGES;
        if (isFull || !isSame(file, await stateOf(path).catch(() => undefined))) return false;
        await appendDurably(path, text);
        return true;
    }

    return {
        async read() {
            latest = undefined;
            const text = await readIfThere(path).catch((cause: NodeJS.ErrnoException) =>
                cause.code === "EISDIR" ? "" : fail("bad-input", `cannot read ${path}: ${cause.message}`, { cause }),
            );
            if (text === undefined) return undefined;
            try {
                return rememberedIn(linesOf(text), { wallMs: clock.now(), elapsedMs: clock.elapsedMs() });
            } catch (error) {
                onSetAside(sentenceOn(path, error, mode === "read" ? "left" : await setAside(path)));
                return undefined;
            }
        },
        async write(remembered, follows) {
            const written = { wallMs: clock.now(), elapsedMs: clock.elapsedMs() };
            const now = { ...remembered, written, ...(follows !== undefined && { follows }) };
            const { grants } = remembered.memory;
            const isLarge = latest !== undefined && latest.wholeBytes >= largeBytes && writer === undefined;
            const change = isLarge ? changeText(latest?.grants ?? [], now, textOf) : undefined;
            const before = latest;
            // After a failed append, nothing more is appended to the file.
            const isAdded = await added(change && `${change}\n`).finally(() => {
                latest = undefined;
            });
            if (!isAdded) await writeDurably(path, [...(await inSlices(wholeText(now, textOf))), "\n"], writer);
            const file = await stateOf(path);
            latest = { grants, file, wholeBytes: isAdded ? (before?.wholeBytes ?? 0) : file.bytes };
            return copyOf(written);
        },
    };
}

async function stateOf(path: string): Promise<FileState> {
    const { ino, size } = await stat(path);
    return { inode: ino, bytes: size };
}

function isSame(file: FileState, now: FileState | undefined): boolean {
    return file.inode === now?.inode && file.bytes === now.bytes;
}

/** The first line is always whole, as it was renamed into place; a later one may lack its end. */
function linesOf(text: string): readonly string[] {
    const [first = "", ...changes] = text.split("\n");
    return [first, ...changes.slice(0, -1)];
}

function sentenceOn(path: string, error: unknown, aside: string | undefined): string {
    const [issue] = (error as Partial<z.ZodError>).issues ?? [];
    const field = issue === undefined || issue.path.length === 0 ? "" : `${issue.path.join(".")}: `;
    const why = issue === undefined ? "it is cut off or damaged" : `${field}${issue.message}`;
    const places: Readonly<Record<string, string>> = { left: "", none: " and cannot be moved away" };
    const where = places[aside ?? "none"] ?? ` and was set aside as ${aside}`;
    return (
        `${path} cannot be used (${why})${where}: nothing is remembered of the zones, ` +
        "so entries that no grant admits are held until they are confirmed"
    );
}
