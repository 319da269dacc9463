import { accessSync, constants, mkdirSync, readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";

import type { Clock } from "../../clock";
import { fail } from "../../core/errors/errors";
import { tryHostLock } from "../../hostLock";
import type { HostLock } from "../../locks/fileLock";
import { rest } from "./alarm";
import { ASKING, type Leadership, type LockState, NOT_ASKING, type Term } from "./leadership";
import { holderIn } from "./lockHolder";
import { startTerm } from "./term";

export interface LockFileOptions {
    readonly path: string;
    /** What messages call it. @default the path */
    readonly shown?: string;
    readonly clock: Clock;
    /** How often somebody who waits tries again. @default 500 */
    readonly retryMs?: number;
    /** How often who leads looks whether the file is still the one that is locked. @default 250 */
    readonly checkMs?: number;
    /** How old the file has to be before whoever locks it leads. @default 1000 */
    readonly settleMs?: number;
}

/**
 * Leadership among the agents of one host: whoever has the file locked. The
 * operating system frees it when the process ends, however it ends.
 *
 * Somebody may delete the file. Then the lock is on a file that nobody finds, and
 * another one could be made and locked: so who leads looks every `checkMs`, and who
 * locks a file leads only once it is `settleMs` old.
 */
export function lockFileLeadership(options: LockFileOptions): Leadership {
    const { path, shown = path, clock, retryMs = 500, checkMs = 250, settleMs = 1000 } = options;
    const name = `lock file ${shown}`;
    let term: Term | undefined;
    let known = ASKING;

    function acquire(): { readonly lock: HostLock; readonly inode: bigint } | undefined {
        if (inodeOf(path) === undefined) tryHostLock(path)?.release();
        const inode = inodeOf(path);
        const lock = tryHostLock(path);
        if (lock === undefined) return undefined;
        // Otherwise the file was replaced in between, and another one may be the one that was locked.
        if (inode !== undefined && inodeOf(path) === inode) return { lock, inode };
        lock.release();
        return undefined;
    }

    return {
        name,
        lockState: () => (known.kind === "held" ? { ...known, ...holderOf(path) } : known),
        async lead(signal) {
            known = ASKING;
            makeFolder(path);
            for (;;) {
                signal.throwIfAborted();
                const held = acquire();
                if (held === undefined) {
                    known = { kind: "held" };
                    await rest(clock, retryMs, signal);
                    continue;
                }
                known = JUST_LOCKED;
                const { lock, inode } = held;
                const isOurs = () => inodeOf(path) === inode;
                const started = startTerm({
                    clock,
                    everyMs: checkMs,
                    proofMs: settleMs / 2,
                    prove: async () => (isOurs() ? "held" : "lost"),
                    // Nobody takes a lock from a process that is busy, with a long list of grants for one.
                    glance: isOurs,
                    release: async () => lock.release(),
                    drop: () => lock.release(),
                });
                term = started;
                try {
                    await started.proved;
                    await settled(path, { clock, settleMs, signal });
                } catch (error) {
                    await started.end();
                    throw error;
                }
                if (started.isOver) continue;
                known = NOT_ASKING;
                return started;
            }
        },
        close: async () => term?.end(),
    };
}

const JUST_LOCKED: LockState = {
    kind: "unknown",
    why: "this agent has locked the file, and leads once the file is known to be the one that all lock, in a second",
};

/** Linux alone says who has a lock. */
function holderOf(path: string): { readonly by?: string } {
    try {
        const inode = inodeOf(path);
        const pid = inode === undefined ? undefined : holderIn(readFileSync("/proc/locks", "utf8"), inode);
        return pid === undefined ? {} : { by: `process ${pid}` };
    } catch {
        return {};
    }
}

async function settled(
    path: string,
    { clock, settleMs, signal }: { readonly clock: Clock; readonly settleMs: number; readonly signal: AbortSignal },
): Promise<void> {
    const madeMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? clock.now();
    const waitMs = Math.min(settleMs, madeMs + settleMs - clock.now());
    if (waitMs > 0) await rest(clock, waitMs, signal);
}

/** Undefined where there is no such file. Looks without opening it: to close it would free the lock. */
function inodeOf(path: string): bigint | undefined {
    return statSync(path, { bigint: true, throwIfNoEntry: false })?.ino;
}

const WORDS: Readonly<Record<string, string>> = {
    EEXIST: "it is a file",
    ENOTDIR: "a part of its path is a file",
    EACCES: "this user may not write there",
    EROFS: "it is on a file system that is only read",
};

function makeFolder(path: string): void {
    const folder = dirname(path);
    try {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        accessSync(folder, constants.W_OK | constants.X_OK);
    } catch (cause) {
        const { code = "", message } = cause as NodeJS.ErrnoException;
        fail("bad-input", `cannot use the folder ${folder} for the agent's lock file: ${WORDS[code] ?? message}`, {
            cause,
        });
    }
}
