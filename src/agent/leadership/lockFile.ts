import { accessSync, constants, readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";

import type { Clock } from "../../clock";
import { fail } from "../../core/errors/errors";
import { makeFolderSync } from "../../folder";
import { tryPathLock } from "../../hostLock";
import { inodeAt } from "../../locks/inode";
import { rest } from "./alarm";
import { ASKING, type Leadership, type LockState, NOT_ASKING, type Term } from "./leadership";
import { holderIn } from "./lockHolder";
import { startTerm } from "./term";

export interface LockFileOptions {
    readonly path: string;
    /** Its name in messages. @default the path */
    readonly shown?: string;
    readonly clock: Clock;
    /** How often a standby tries the lock. @default 500 */
    readonly retryMs?: number;
    /** How often the leader checks that the path is still the locked file. @default 250 */
    readonly checkMs?: number;
    /** How old the file has to be before its holder leads. @default 1000 */
    readonly settleMs?: number;
}

/**
 * Leadership among the agents of one host, by a lock on a file. The operating system
 * releases it when the process ends, however it ends.
 *
 * The file may be deleted. Then another file could be created at the path and locked:
 * so the leader checks the path every `checkMs`, and the holder of a lock leads only
 * once the file is `settleMs` old.
 */
export function lockFileLeadership(options: LockFileOptions): Leadership {
    const { path, shown = path, clock, retryMs = 500, checkMs = 250, settleMs = 1000 } = options;
    const name = `lock file ${shown}`;
    let term: Term | undefined;
    let known = ASKING;

    return {
        name,
        lockState: () => (known.kind === "held" ? { ...known, ...holderOf(path) } : known),
        async lead(signal) {
            known = ASKING;
            makeFolder(path);
            for (;;) {
                signal.throwIfAborted();
                const held = tryPathLock(path);
                if (held === undefined) {
                    known = { kind: "held" };
                    await rest(clock, retryMs, signal);
                    continue;
                }
                known = JUST_LOCKED;
                const { lock, inode } = held;
                const isOurs = () => inodeAt(path) === inode;
                const started = startTerm({
                    clock,
                    everyMs: checkMs,
                    proofMs: settleMs / 2,
                    prove: async () => (isOurs() ? "held" : "lost"),
                    // A busy process, such as one with a long list of grants, keeps its lock.
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

/** The holder of the lock, which only Linux shows. */
function holderOf(path: string): { readonly by?: string } {
    try {
        const inode = inodeAt(path);
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

const WORDS: Readonly<Record<string, string>> = {
    EACCES: "this user may not write there",
    EROFS: "it is on a file system that is only read",
};

function makeFolder(path: string): void {
    const folder = dirname(path);
    try {
        makeFolderSync(folder);
        accessSync(folder, constants.W_OK | constants.X_OK);
    } catch (cause) {
        const { code = "", message } = cause as NodeJS.ErrnoException;
        const why = WORDS[code] ?? message;
        const remedy = "name another one with state or leader.path";
        fail("bad-input", `cannot use the folder ${folder} for the agent's lock file: ${why}; ${remedy}`, { cause });
    }
}
