import { createReadStream } from "node:fs";
import { type FileHandle, open, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

import { makeFolder } from "../../folder";

/** The folder of a ledger. What was not synced may be lost in a crash, in part or as a whole. */
export interface Disk {
    /** Where it is, for messages. */
    readonly path: string;
    /** The names in it, in no order; empty if there is no folder. */
    list(): Promise<readonly string[]>;
    /** The bytes of a file from an offset on. */
    read(name: string, from?: number): AsyncIterable<Uint8Array>;
    size(name: string): Promise<number>;
    /** Opens a file for writing; creates it and the folder if necessary. */
    open(name: string): Promise<DiskFile>;
    remove(name: string): Promise<void>;
    /** Makes the creation and the removal of files survive a crash. */
    sync(): Promise<void>;
}

export interface DiskFile {
    /** Writes all the bytes at an offset. */
    write(bytes: Uint8Array, at: number): Promise<void>;
    truncate(size: number): Promise<void>;
    /** Makes the bytes survive a crash. */
    sync(): Promise<void>;
    close(): Promise<void>;
}

/** A folder of this host, with permissions for its owner only. */
export function folderDisk(path: string): Disk {
    return {
        path,
        async list() {
            try {
                return await readdir(path);
            } catch (error) {
                if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
                throw error;
            }
        },
        read: (name, from = 0) => createReadStream(join(path, name), { start: from }),
        size: async (name) => (await stat(join(path, name))).size,
        async open(name) {
            await makeFolder(path);
            return diskFile(await openExisting(join(path, name)));
        },
        remove: (name) => rm(join(path, name)),
        async sync() {
            const folder = await open(path, "r");
            try {
                await folder.sync();
            } finally {
                await folder.close();
            }
        },
    };
}

async function openExisting(path: string): Promise<FileHandle> {
    try {
        return await open(path, "r+");
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
        return open(path, "wx+", 0o600);
    }
}

function diskFile(handle: FileHandle): DiskFile {
    return {
        async write(bytes, at) {
            for (let done = 0; done < bytes.length; ) {
                done += (await handle.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
            }
        },
        truncate: (size) => handle.truncate(size),
        sync: () => handle.sync(),
        close: () => handle.close(),
    };
}
