import { watch as watchWithNode } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, dirname } from "node:path";

import type { Waiting } from "../http/retry";

/** Identifies a state of a file without reading it. */
export interface Stamp {
    /** Which file of the file system it is; a file that is renamed into place is another one. */
    readonly file: string;
    /** The file, its length, and the time of the last change; for a file that cannot be accessed, the error code. */
    readonly state: string;
    /**
     * When it was last changed, in milliseconds since 1970, by the file system's clock; Infinity where there is none.
     */
    readonly changedAtMs: number;
}

/** How often the stamp is compared, as events may be lost and some file systems have none. */
const POLL_MS = 1000;

/** The part of Node's watcher that is used here. */
interface FolderWatcher {
    close(): void;
    on(event: "error", listener: () => void): unknown;
}

export interface WatchFileOptions extends Pick<Waiting, "sleep"> {
    /** The state in which the file was when it was last read; undefined where it never was. */
    readonly seen: () => string | undefined;
    /** Calls back with the name of what changed in the folder, where that is known. @default Node's own */
    readonly watchFolder?: (folder: string, changed: (name: string | null) => void) => FolderWatcher;
}

/** Never fails: a file that cannot be accessed has a stamp too. */
export async function stampOf(path: string): Promise<Stamp> {
    try {
        const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
        const file = `${dev}:${ino}`;
        return { file, state: `${file} ${size} ${mtimeNs} ${ctimeNs}`, changedAtMs: Number(ctimeNs) / 1e6 };
    } catch (cause) {
        return { file: "none", state: String((cause as NodeJS.ErrnoException).code), changedAtMs: Infinity };
    }
}

/**
 * Wakes whenever a file is no longer as it was read, until the signal aborts.
 *
 * The folder is watched and not the file, so that a file which is renamed over it
 * is noticed; so is a link in the folder that is turned to another file, as
 * Kubernetes does with mounted ConfigMaps. The stamp is also compared once a second,
 * for file systems without events.
 */
export async function watchFile(
    path: string,
    { seen, sleep, watchFolder = watchWithNode as NonNullable<WatchFileOptions["watchFolder"]> }: WatchFileOptions,
    wake: () => void,
    signal: AbortSignal,
): Promise<void> {
    const [folder, name] = [dirname(path), basename(path)];
    let told: string | undefined;
    const look = async () => {
        const { state } = await stampOf(path);
        if (signal.aborted || state === seen() || state === told) return;
        told = state;
        wake();
    };
    const changed = (what: string | null) => {
        if (signal.aborted) return;
        if (what === name) wake();
        else void look();
    };
    const watcher = folderWatcher(folder, watchFolder, changed);
    try {
        while (!signal.aborted) {
            await watcher.renew();
            await look();
            await sleep(POLL_MS, signal);
        }
    } catch (error) {
        if (!signal.aborted) throw error;
    } finally {
        watcher.close();
    }
}

/** A watcher of a folder that is opened again after a failure, and when another folder takes its place. */
function folderWatcher(
    folder: string,
    watchFolder: NonNullable<WatchFileOptions["watchFolder"]>,
    changed: (name: string | null) => void,
) {
    let watcher: FolderWatcher | undefined;
    let watched = "";
    const close = () => {
        watcher?.close();
        watcher = undefined;
    };
    const open = () => {
        try {
            watcher = watchFolder(folder, changed);
            watcher.on("error", close);
        } catch {
            close();
        }
    };
    return {
        close,
        async renew() {
            const { file } = await stampOf(folder);
            if (watcher !== undefined && file === watched) return;
            close();
            watched = file;
            open();
        },
    };
}
