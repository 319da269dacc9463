import { readFileSync } from "node:fs";
import { type FileHandle, open, rename } from "node:fs/promises";
import { dirname } from "node:path";

import { z } from "zod";

import { fail } from "../../core/errors/errors";
import { makeFolder } from "../../folder";
import { ofZones, type Queue } from "./queue";

const SCHEMA = z.object({
    zones: z.array(z.string()).optional(),
    inside: z.array(z.string()).optional(),
    due: z.array(
        z.object({
            user: z.string(),
            userId: z.string().optional(),
            login: z.string().optional(),
            outAtMs: z.number(),
            turn: z.enum(["first", "second"]),
            atMs: z.number(),
            attempts: z.number(),
            why: z.string().optional(),
        }),
    ),
});

/** Where a queue survives a restart. */
export interface QueueFile {
    /** @throws `bad-input` where the file is not one of ours */
    read(): Queue;
    /** Replaces it as a whole; resolves when it would survive a crash. @throws `ledger-unwritable` */
    write(queue: Queue): Promise<void>;
}

/** @param zones Of the membership; what was kept for others does not count. */
export function queueFile(path: string, zones: readonly string[]): QueueFile {
    return {
        read() {
            const text = textOf(path);
            if (text === undefined) return { inside: undefined, due: [] };
            const { data } = SCHEMA.safeParse(parsed(text));
            if (data !== undefined)
                return ofZones({ ...data, inside: data.inside, due: data.due as Queue["due"] }, zones);
            const remedy = "move it away; then nobody is signed out for a grant that ended before now";
            return fail("bad-input", `${path} does not say whose sessions are to be ended; ${remedy}`);
        },
        async write(queue) {
            try {
                await replace(path, JSON.stringify({ zones, ...queue }));
            } catch (cause) {
                fail("ledger-unwritable", `cannot write ${path}: ${(cause as Error).message}`, { cause });
            }
        },
    };
}

async function replace(path: string, text: string): Promise<void> {
    await makeFolder(dirname(path));
    await synced(`${path}.new`, "w", (file) => file.writeFile(text));
    await rename(`${path}.new`, path);
    await synced(dirname(path), "r", async () => {});
}

async function synced(path: string, flags: string, work: (file: FileHandle) => Promise<void>): Promise<void> {
    const file = await open(path, flags, 0o600);
    try {
        await work(file);
        await file.sync();
    } finally {
        await file.close();
    }
}

function textOf(path: string): string | undefined {
    try {
        return readFileSync(path, "utf8");
    } catch (cause) {
        const { code, message } = cause as NodeJS.ErrnoException;
        return code === "ENOENT" ? undefined : fail("bad-input", `cannot read ${path}: ${message}`, { cause });
    }
}

function parsed(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}
