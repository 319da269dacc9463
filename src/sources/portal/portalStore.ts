import { fail } from "../../core/errors/errors";
import { type Change, type PortalState, type Rows, staleRows, TABLES, type TableName } from "../../core/portal/state";
import { type ChangeLog, type News, type Position, RESET } from "./changeLog";

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
    /** Calls `wake` whenever something may have changed, until the signal aborts. */
    watch(wake: () => void, signal: AbortSignal): Promise<void>;
    close(): Promise<void>;
}

export interface Outcome<T> {
    readonly changes: readonly Change[];
    readonly result: T;
}

type MutableState = { readonly [Name in TableName]: Map<string, Rows[Name]> };

interface Waiting {
    readonly work: (state: PortalState) => Outcome<unknown>;
    readonly resolve: (result: unknown) => void;
    readonly reject: (error: unknown) => void;
}

/** As many pieces of work share one write. */
const MOST_TOGETHER = 200;

/** The log is written anew when it has so many lines more than it began with, and than there are rows. */
const MOST_LINES = 20_000;

/** Rows in one line of a log that is written anew. */
const ROWS_A_LINE = 200;

/** A store whose rows are in memory, as the lines of the log say; pieces of work that wait at the same time share one write. */
export function openPortalStore(log: ChangeLog, now: () => number): PortalStore {
    const memory = openMemory(log.name);
    const queue: Waiting[] = [];
    /** One read or write at a time. */
    let turn: Promise<unknown> = Promise.resolve();

    function inTurn<T>(next: () => Promise<T>): Promise<T> {
        const result = turn.then(next);
        turn = result.catch(() => {});
        return result;
    }

    /** Runs what waits, each on what the ones before it left, and writes all of it at once. */
    async function write(): Promise<void> {
        const batch = queue.splice(0, MOST_TOGETHER);
        if (batch.length === 0) return;
        const settle: (() => void)[] = [];
        try {
            memory.position = await log.append(memory.position, (news) => {
                memory.take(news);
                const lines = batch.flatMap((each) => runOne(memory.state, each, settle));
                const whole = memory.count(lines.length, now());
                return whole === undefined ? { lines } : { lines: whole, isWhole: true };
            });
        } catch (error) {
            // What is in memory may not be in the log.
            memory.forget();
            for (const { reject } of batch) reject(error);
            return;
        }
        for (const each of settle) each();
    }

    return {
        name: log.name,
        read: (signal) =>
            inTurn(async () => {
                memory.take(await log.read(memory.position, signal));
                return memory.state;
            }),
        transact: <T>(work: (state: PortalState) => Outcome<T>) =>
            new Promise<T>((resolve, reject) => {
                queue.push({ work, resolve: resolve as (result: unknown) => void, reject });
                void inTurn(write);
            }),
        watch: (wake, signal) => log.watch(wake, signal),
        close: () => log.close(),
    };
}

/** Runs a piece of work; `settle` is told what to do once its changes are kept. @returns the lines to add */
function runOne(state: MutableState, { work, resolve, reject }: Waiting, settle: (() => void)[]): string[] {
    try {
        const { changes, result } = work(state);
        apply(state, changes);
        settle.push(() => resolve(result));
        return changes.length === 0 ? [] : [JSON.stringify(changes)];
    } catch (error) {
        settle.push(() => reject(error));
        return [];
    }
}

/** What the lines of a log say, as far as they were read. */
function openMemory(name: string) {
    let lines = 0;
    const memory = {
        state: emptyState(),
        position: undefined as Position | undefined,
        forget(): void {
            memory.state = emptyState();
            memory.position = undefined;
            lines = 0;
        },
        take(news: News): void {
            if (news.isAnew) memory.forget();
            for (const line of news.lines) {
                lines += 1;
                if (line === RESET) {
                    memory.state = emptyState();
                    lines = 1;
                } else apply(memory.state, changesIn(line, name));
            }
            memory.position = news.position;
        },
        /** Notes that lines are added; gives all lines of a new log where the present one has become too long. */
        count(added: number, nowMs: number): string[] | undefined {
            lines += added;
            if (lines < MOST_LINES + 2 * rowsIn(memory.state)) return undefined;
            apply(memory.state, staleRows(memory.state, nowMs));
            const whole = linesOf(memory.state);
            lines = whole.length + 1;
            return whole;
        },
    };
    return memory;
}

function emptyState(): MutableState {
    return Object.fromEntries(TABLES.map((name) => [name, new Map()])) as unknown as MutableState;
}

function apply(state: MutableState, changes: readonly Change[]): void {
    for (const [table, key, row] of changes) {
        const rows = state[table] as Map<string, unknown> | undefined;
        if (row === null) rows?.delete(key);
        // A table of a later version is left alone.
        else rows?.set(key, row);
    }
}

function rowsIn(state: PortalState): number {
    return TABLES.reduce((sum, name) => sum + state[name].size, 0);
}

function linesOf(state: PortalState): string[] {
    const rows = TABLES.flatMap((name) => [...state[name]].map(([key, row]) => [name, key, row]));
    const count = Math.ceil(rows.length / ROWS_A_LINE);
    return Array.from({ length: count }, (_, index) =>
        JSON.stringify(rows.slice(index * ROWS_A_LINE, (index + 1) * ROWS_A_LINE)),
    );
}

function changesIn(line: string, name: string): readonly Change[] {
    try {
        const changes: unknown = JSON.parse(line);
        if (Array.isArray(changes)) return changes as Change[];
    } catch {
        // Told below.
    }
    return fail("source-unreadable", `${name}: a line of it is none that a portal wrote`);
}
