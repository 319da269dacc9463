import { fail } from "../../core/errors/errors";
import type { Change, PortalState } from "../../core/portal/state";
import { openQueue } from "../../queue";
import type { Addition, ChangeLog } from "./changeLog";
import { ofStore } from "./ofStore";
import type { EndedGrants, StoreMemory } from "./storeMemory";
import { openStoreState, type StoreState } from "./storeState";

/** What the portals and the agent share. */
export interface PortalStore {
    readonly name: string;
    /** All that is kept, as of now. It changes with the next call: take what is needed out of it. @throws `source-unreadable` */
    read(signal: AbortSignal): Promise<PortalState>;
    /**
     * Decides on what is there, while nobody else can change it, and keeps the changes. Resolves when they would survive a
     * crash. The work must be quick and touch nothing else: it may run and then come to nothing.
     *
     * @throws `source-unreadable`; what the work throws
     */
    transact<T>(work: (state: PortalState) => Outcome<T>): Promise<T>;
    /**
     * Takes the store as it is for the right one, after it was restored from a backup or lost, with what `work` changes in it. Every
     * process that has it open follows.
     *
     * @throws `source-unreadable`; `bad-input` where there is no store and this process remembers none
     */
    accept(work: (state: PortalState, endedGrants: EndedGrants) => readonly Change[]): Promise<void>;
    /** Grants that this process remembers to have been ended: a restored store may have them as they were before. */
    endedGrants(): EndedGrants;
    /** Calls `wake` whenever something may have changed, until the signal aborts. */
    watch(wake: () => void, signal: AbortSignal): Promise<void>;
    close(): Promise<void>;
}

export interface Outcome<T> {
    readonly changes: readonly Change[];
    readonly result: T;
}

interface Waiting {
    readonly work: (state: PortalState) => Outcome<unknown>;
    readonly resolve: (result: unknown) => void;
    readonly reject: (error: unknown) => void;
}

/** As many pieces of work share one write. */
const MOST_TOGETHER = 200;

/**
 * A store whose rows are in memory, as the lines of the log say; pieces of work that wait at the same time share one write.
 *
 * @param kept What this process remembers of the store over restarts. @default nothing
 * @param onAccepted Hears that an operator accepted the store as it is since this process last read it. @default ignored
 */
export function openPortalStore(
    log: ChangeLog,
    now: () => number,
    kept?: StoreMemory,
    onAccepted: () => void = () => {},
): PortalStore {
    const memory = openStoreState(log.name, now, kept);
    const queue: Waiting[] = [];
    const inTurn = openQueue();

    /** Runs what waits, each on what the ones before it left, and writes all of it at once. */
    async function write(): Promise<void> {
        const batch = queue.splice(0, MOST_TOGETHER);
        if (batch.length === 0) return;
        const settle: (() => void)[] = [];
        try {
            await memory.recall();
            const position = await log.append(memory.position(), (news): Addition => {
                memory.take(news);
                return memory.added(batch.flatMap((each) => runOne(memory, each, settle)));
            });
            memory.wrote(position);
        } catch (error) {
            // What is in memory may not be in the log.
            memory.forget();
            for (const { reject } of batch) reject(error);
            return;
        }
        for (const each of settle) each();
        await noted();
    }

    async function noted(): Promise<void> {
        if (memory.isAccepted()) onAccepted();
        await memory.note();
    }

    return {
        name: log.name,
        read: (signal) =>
            inTurn(async () => {
                await memory.recall();
                memory.take(await log.read(memory.position(), signal));
                await noted();
                return memory.state();
            }),
        transact: <T>(work: (state: PortalState) => Outcome<T>) =>
            new Promise<T>((resolve, reject) => {
                queue.push({ work, resolve: resolve as (result: unknown) => void, reject });
                void inTurn(write);
            }),
        accept: (work) => inTurn(() => accept(log, memory, work)),
        endedGrants: () => memory.endedGrants(),
        watch: (wake, signal) => log.watch(wake, signal),
        async close() {
            await inTurn(() => memory.note("now"));
            await log.close();
        },
    };
}

async function accept(log: ChangeLog, memory: StoreState, work: Parameters<PortalStore["accept"]>[0]): Promise<void> {
    await memory.recall();
    // Read first: nothing is created where there is nothing.
    const { lines } = await log.read(undefined, AbortSignal.timeout(ACCEPT_MS));
    if (lines.length === 0 && !memory.isKnown()) fail("bad-input", ofStore(log.name, NOTHING_THERE));
    await log.append(undefined, (news) => memory.accepted(news.lines, work));
    memory.forget();
}

const ACCEPT_MS = 60_000;

const NOTHING_THERE =
    "it is not there or empty, and no portal of this state folder has read it before: there is nothing to accept. " +
    "Paths of the configuration are relative to the folder in which the portal runs: run this there";

/** Runs a piece of work; `settle` is told what to do once its changes are kept. @returns the lines to add */
function runOne(
    memory: Pick<StoreState, "state" | "apply">,
    { work, resolve, reject }: Waiting,
    settle: (() => void)[],
): string[] {
    try {
        const { changes, result } = work(memory.state());
        memory.apply(changes);
        settle.push(() => resolve(result));
        return changes.length === 0 ? [] : [JSON.stringify(changes)];
    } catch (error) {
        settle.push(() => reject(error));
        return [];
    }
}
