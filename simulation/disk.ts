import type { LeaderLedger } from "../src/agent/ledger/leaderLedger";
import type { LedgerOptions } from "../src/agent/ledger/ledger";
import { withStandby } from "../src/agent/memory/agentMemory";
import type { Queue } from "../src/agent/sessions/queue";
import type { QueueFile } from "../src/agent/sessions/queueFile";
import { fail } from "../src/core/errors/errors";
import type { MemoryStore } from "../src/core/membership/memory";
import type { RememberedInFile } from "../src/core/membership/memoryDocument";
import type { MemoryFile } from "../src/memoryFile";
import type { History } from "./history";
import { worldLedger } from "./ledger";
import { type DiskUser, ledgerDisk, SYNC_MS } from "./ledgerDisk";
import type { Random } from "./random";
import type { WorldTime } from "./time";
import type { KeptLedger } from "./trace";

/** The state folder of one agent: what was synced outlives its processes. */
export interface StateFolder {
    /** As one process sees it. */
    open(user: DiskUser, now: () => number): StateOfProcess;
    /** The disk is full, or does not work, for so long. */
    fail(state: "full" | "failing", forMs: number): void;
    /** The power goes. */
    crash(): void;
    /** The power goes while a line is synced, or the name of a file: at once, or after so many. */
    crashAfter(syncs: number): void;
    /** Whose sessions are still to be ended. */
    queue(): Queue;
    /** The ledger, once nobody writes any more. */
    close(): Promise<KeptLedger>;
}

export interface StateOfProcess {
    readonly book: LeaderLedger;
    readonly memories: MemoryStore;
    readonly queue: QueueFile;
}

export interface StateFolderOptions {
    readonly history: Pick<History, "ledger" | "sharedState">;
    readonly time: WorldTime;
    readonly random: Random;
    /** Puts a faulty part in place of a right one. */
    readonly spoilLedger: (options: LedgerOptions) => LedgerOptions;
}

export function stateFolder({ history, time, random, spoilLedger }: StateFolderOptions): StateFolder {
    let trouble: { readonly state: "full" | "failing"; readonly untilMs: number } | undefined;
    const state = () => (trouble !== undefined && time.now() < trouble.untilMs ? trouble.state : undefined);
    const disk = ledgerDisk(time, random, state);
    const ledger = worldLedger({ disk, time, spoil: spoilLedger, ...history.ledger });
    const files = new Map<string, string>();

    /** A file that is there as it was before or as it is now, and nothing in between: it is synced, and then its name. */
    async function replace(name: string, text: string, { death }: DiskUser): Promise<void> {
        await time.sleep(random.between(0, SYNC_MS));
        if (death.aborted) return new Promise(() => {});
        if (state() !== undefined) throw Object.assign(new Error(`cannot write ${name}`), { code: "ENOSPC" });
        files.set(name, text);
        await time.sleep(random.between(0, SYNC_MS));
    }

    let copies = 0;
    const memoryIn = (name: string, user: DiskUser): MemoryFile => ({
        read: async () => rememberedIn(files.get(name)),
        async write(remembered, follows) {
            const copy = `copy ${++copies}`;
            await replace(name, JSON.stringify({ ...remembered, copy, follows }), user);
            return copy;
        },
    });

    const queue = () => queueIn(files.get("sessions.json"));
    return {
        queue,
        open: (user, now) => ({
            book: ledger.open(user, now),
            memories:
                history.sharedState === true
                    ? memoryIn("grants.json", user)
                    : withStandby(memoryIn("grants.json", user), memoryIn("standby.json", user)),
            queue: {
                read: queue,
                write: (queue) =>
                    replace("sessions.json", JSON.stringify(queue), user).catch(({ message }: Error) =>
                        fail("ledger-unwritable", message),
                    ),
            },
        }),
        fail(next, forMs) {
            trouble = { state: next, untilMs: time.now() + forMs };
        },
        crash: disk.crash,
        crashAfter: disk.killAfter,
        close: ledger.close,
    };
}

/** Elapsed time is the world's, which goes on over restarts, so that the window of removals needs no conversion. */
function rememberedIn(text: string | undefined): RememberedInFile | undefined {
    return text === undefined ? undefined : JSON.parse(text);
}

function queueIn(text: string | undefined): Queue {
    return text === undefined ? { inside: undefined, due: [] } : JSON.parse(text);
}
