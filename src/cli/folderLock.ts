import { basename, dirname, join, resolve } from "node:path";

import { type Clock, systemClock } from "../clock";
import { fail } from "../core/errors/errors";
import type { AgentSettings } from "../core/settings/agentSettings";
import { makeFolderSync } from "../folder";
import { type PathLock, tryPathLock } from "../hostLock";
import type { Terminal } from "./terminal/terminal";

export interface KeepFolderOptions extends Pick<Terminal, "directory" | "err"> {
    /** The lock that agents with the folder lead by. @default `leader.lock` in the folder */
    readonly leaderPath?: string | undefined;
    /** @default the machine's */
    readonly clock?: Pick<Clock, "elapsedMs" | "sleep">;
}

/**
 * How long a run waits for another run with the folder, and for an agent that is about to end; and how often it tries. In
 * milliseconds.
 */
const [FOR_SYNC_MS, FOR_AGENT_MS, EVERY_MS] = [30_000, 2_000, 100];

/**
 * Holds the state folder for as long as this run reads, decides, writes and remembers. Both locks are the operating system's,
 * and are released when a process ends, however it ends:
 *
 *   sync.lock     of one run at a time: of two at once each would decide by a memory without the removals of the other one
 *   leader.lock   of an agent: it goes on by its own memory, and would undo what this run writes
 *
 * Either file is made if it is not there, so that what starts during this run waits for it.
 *
 * @throws `bad-input` where another run, or an agent, keeps the folder for too long
 */
export async function keepFolder(state: string, options: KeepFolderOptions): Promise<Disposable> {
    const { directory, err, clock = systemClock } = options;
    const folder = agentFolderOf(resolve(directory, state));
    const leaderPath = options.leaderPath ?? join(folder, "leader.lock");
    for (const each of [folder, dirname(leaderPath)]) makeUsable(each);
    const onWait = () => err(`waiting for another sync that writes with the folder ${state}`);
    const sync =
        (await lockWithin(join(folder, "sync.lock"), FOR_SYNC_MS, clock, onWait)) ??
        fail(
            "bad-input",
            `another sync has kept the folder ${state} for ${FOR_SYNC_MS / 1000} s, so no zone was written: run this one when ` +
                "it has ended; --dry-run shows what it would do",
        );
    try {
        const leader = (await lockWithin(leaderPath, FOR_AGENT_MS, clock)) ?? keptByAgent(state);
        return {
            [Symbol.dispose]() {
                leader.lock.release();
                sync.lock.release();
            },
        };
    } catch (error) {
        sync.lock.release();
        throw error;
    }
}

/**
 * As keepFolder, for the folder and the lock of a configuration.
 *
 * @throws `bad-input` also where the lead is not a file, so that an agent of another host may have it
 */
export async function keepConfigured(
    { leader, state }: AgentSettings,
    options: Pick<Terminal, "directory" | "err">,
): Promise<Disposable> {
    if (leader.type === "file") {
        const leaderPath = leader.path === undefined ? undefined : resolve(options.directory, leader.path);
        return keepFolder(state, { ...options, leaderPath });
    }
    return fail(
        "bad-input",
        `an agent of another host may lead by ${leader.type}, and would undo what sync writes: add --dry-run or --check`,
    );
}

function keptByAgent(state: string): never {
    return fail(
        "bad-input",
        `an agent keeps the folder ${state} and its zones: confirm with POST /api/confirm at the agent, or ` +
            "end it before sync writes; --dry-run shows what sync would do",
    );
}

/** An agent of several memberships has its locks in its own folder, and a folder `memberships/NAME` in it for each of them. */
function agentFolderOf(folder: string): string {
    const parent = dirname(folder);
    return basename(parent) === "memberships" ? dirname(parent) : folder;
}

function makeUsable(folder: string): void {
    try {
        makeFolderSync(folder);
    } catch (cause) {
        fail("bad-input", `cannot lock the folder ${folder}, so no zone was written: ${(cause as Error).message}`, {
            cause,
        });
    }
}

/** @returns undefined if somebody else has the lock for all of that time */
async function lockWithin(
    path: string,
    mostMs: number,
    clock: Pick<Clock, "elapsedMs" | "sleep">,
    onWait?: () => void,
): Promise<PathLock | undefined> {
    const endMs = clock.elapsedMs() + mostMs;
    for (let tries = 0; ; tries++) {
        const held = tryPathLock(path);
        if (held !== undefined) return held;
        if (clock.elapsedMs() >= endMs) return undefined;
        // The first try may meet a process that only just made the file.
        if (tries === 1) onWait?.();
        await clock.sleep(EVERY_MS, new AbortController().signal);
    }
}
