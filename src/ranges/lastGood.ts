import { createHash } from "node:crypto";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "../folder";
import type { Version } from "./download";

/** A file of ranges that was read, and was whole. */
export interface LastGood extends Version {
    readonly text: string;
    /** When the server last said that it is the current one, in milliseconds since 1970. */
    readonly confirmedAtMs: number;
}

/** Keeps one copy for each URL. */
export interface LastGoodStore {
    /** The copy, or undefined where there is none that can be read: a damaged one is as good as none. */
    read(url: string): Promise<LastGood | undefined>;
    /** Replaces the copy, at once or not at all. @throws what the file system throws */
    write(url: string, copy: LastGood): Promise<void>;
}

/** Copies in files of a folder, which is made when it is needed. */
export function lastGoodIn(directory: string): LastGoodStore {
    const pathOf = (url: string) =>
        join(directory, `okta-ranges-${createHash("sha256").update(url).digest("hex").slice(0, 16)}.json`);
    return {
        async read(url) {
            const text = await readFile(pathOf(url), "utf8").catch(() => "");
            return copyIn(text);
        },
        async write(url, copy) {
            const path = pathOf(url);
            const temporary = `${path}.${process.pid}.tmp`;
            await makeFolder(directory, 0o777);
            try {
                await writeFile(temporary, JSON.stringify(copy));
                await rename(temporary, path);
            } catch (error) {
                await rm(temporary, { force: true });
                throw error;
            }
        },
    };
}

function copyIn(json: string): LastGood | undefined {
    try {
        const { text, confirmedAtMs, etag, lastModified } = JSON.parse(json) as Record<string, unknown>;
        if (typeof text !== "string" || typeof confirmedAtMs !== "number") return undefined;
        return {
            text,
            confirmedAtMs,
            ...(typeof etag === "string" && { etag }),
            ...(typeof lastModified === "string" && { lastModified }),
        };
    } catch {
        return undefined;
    }
}
