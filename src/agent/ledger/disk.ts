import { createReadStream } from "node:fs";
import { type FileHandle, mkdir, open, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

/** The folder of a ledger, as far as the ledger asks for it. What was not synced may be gone after a crash, in part or whole. */
export interface Disk {
    /** Where it is, for messages. */
    readonly path: string;
    /** The names in it, in no order; none where there is no folder. */
    list(): Promise<readonly string[]>;
    /** The bytes of a file from one of them on. */
    read(name: string, from?: number): AsyncIterable<Uint8Array>;
    size(name: string): Promise<number>;
    /** Opens a file for writing, and makes it where it is not there, and the folder too. */
    open(name: string): Promise<DiskFile>;
    remove(name: string): Promise<void>;
    /** Makes names, new or gone, survive a crash. */
    sync(): Promise<void>;
}

export interface DiskFile {
    /** Writes all the bytes at a place. */
    write(bytes: Uint8Array, at: number): Promise<void>;
    truncate(size: number): Promise<void>;
    /** Makes the bytes survive a crash. */
    sync(): Promise<void>;
    close(): Promise<void>;
}

/** A folder of this host's, for its owner alone. */
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
            await mkdir(path, { recursive: true, mode: 0o700 });
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
