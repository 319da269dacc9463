import type { Clock } from "../../clock";
import { sentenceOf } from "../../core/errors/codes";
import { hasCode, isTransient } from "../../core/errors/errors";
import { changedGrants } from "../../core/grants/grantChanges";
import { type Grant, isActive } from "../../core/grants/grants";
import type { Reading } from "../../core/grants/grantsDocument";
import { momentAfter, type Timetable, timetableOf } from "../../core/grants/timetable";
import type { GrantSource } from "../../sources/source";
import type { Record } from "../telling/events";
import { tellGrant } from "../telling/telling";
import { readInTime } from "./readInTime";
import { openWaiting } from "./waiting";

/** Where the grants that were read last outlive the process. */
export interface SnapshotStore {
    /** Undefined where there is none. @throws `bad-input` for a folder or a file that cannot be used */
    read(): Promise<Snapshot | undefined>;
    write(snapshot: Snapshot): Promise<void>;
}

export interface Snapshot {
    /** The name of the source: what another one said is nothing to go by. */
    readonly source: string;
    readonly grants: readonly Grant[];
    /** When the source said so, in milliseconds since 1970. */
    readonly readAtMs: number;
}

/** What a source said to an agent that did not lead. */
export interface Overheard {
    readonly reading: Reading;
    readonly readAtMs: number;
    /** Why it cannot be read now; undefined when it can. */
    readonly failure: Error | undefined;
}

export interface GrantsInForceOptions {
    readonly source: GrantSource;
    readonly store: SnapshotStore;
    readonly clock: Clock;
    readonly record: Record;
    readonly pollMs: number;
    /** How long the grants that were read last outlast a source that cannot be read; undefined: for ever. */
    readonly maxStaleMs: number | undefined;
    /** How long a grant may go on from now to be let in. @default as long as it likes */
    readonly maxTimeToLiveMs?: number | undefined;
}

/** The grants to go by: what the source said last, for as long as it may count. */
export interface GrantsInForce {
    /** Undefined while the source has never said anything. Too old ones are no grants at all. */
    current(): Reading | undefined;
    /** Whether they became too old while the source cannot be read. */
    isClosed(): boolean;
    /** Goes up each time the source says something else, too old grants count again, or are found to be too old. */
    version(): number;
    /** The first moment after `ms` at which time alone changes what is active, or what counts. */
    momentAfter(ms: number): number | undefined;
    /** When the source is to be read next. */
    dueMs(): number;
    /** The source may say something new. */
    hint(): void;
    /** Since when something new has been waiting to be read or written; undefined when nothing is. */
    waitingSinceMs(): number | undefined;
    /** This version is in force. */
    served(version: number): void;
    /** Takes what an earlier process read, or what this one has heard since while another agent led. */
    restore(heard?: Overheard): Promise<void>;
    /**
     * Reads the source. That it cannot be read is kept as the problem.
     *
     * @throws what another try would not mend, such as `bad-input`, where the source never said anything
     */
    refresh(signal: AbortSignal): Promise<void>;
    /** Resolves once what was read would survive a crash, or could not be kept. */
    kept(): Promise<void>;
    health(): SourceHealth;
}

export interface SourceHealth {
    readonly lastReadAtMs: number | undefined;
    /** Why the last read failed; undefined when it did not. */
    readonly problem: string | undefined;
    /** Since when reads have failed; undefined when the last one did not. */
    readonly failingSinceMs: number | undefined;
    /** Why what was read could not be kept for a restart; undefined when it was. */
    readonly unkept: string | undefined;
}

/** The shortest and the longest wait after a failed read. */
const [FIRST_PAUSE_MS, LAST_PAUSE_MS] = [1000, 60_000];

/**
 * A source that says the same as before is kept again, too, so that the next process takes it for no older than it
 * is: by at most this part of maxStale.
 */
const KEPT_WITHIN = 10;

/** Changes of one reading that are recorded by name. */
const MOST_TOLD = 1000;

export function openGrantsInForce(options: GrantsInForceOptions): GrantsInForce {
    const { source, store, clock, record, pollMs, maxStaleMs } = options;
    let reading: Reading | undefined;
    let timetable: Timetable = [];
    let lastReadAtMs: number | undefined;
    let problem: string | undefined;
    let [failures, failingSinceMs] = [0, -Infinity];
    let version = 0;
    let dueMs = -Infinity;
    const waiting = openWaiting();
    let keeping: Promise<void> = Promise.resolve();
    let keptAtMs = -Infinity;
    let toKeep: Snapshot | undefined;
    let unkept: string | undefined;

    const closesAtMs = () =>
        problem === undefined || maxStaleMs === undefined || lastReadAtMs === undefined
            ? Infinity
            : lastReadAtMs + maxStaleMs;
    const isClosed = () => clock.now() >= closesAtMs();

    async function accept(next: Reading, sinceMs: number, nowMs: number): Promise<void> {
        const isFirst = lastReadAtMs === undefined;
        const changes = changedGrants(reading?.grants ?? [], next.grants);
        const isNews = isFirst || changes.length > 0;
        if (isNews || isClosed()) waiting.brought(++version, sinceMs);
        if (isNews) timetable = timetableOf(next.grants, options.maxTimeToLiveMs);
        const outageMs = problem === undefined ? undefined : nowMs - failingSinceMs;
        [reading, lastReadAtMs, problem, failures] = [next, nowMs, undefined, 0];
        const isOld = unkept !== undefined || nowMs - keptAtMs >= (maxStaleMs ?? Infinity) / KEPT_WITHIN;
        if (isNews || isOld) keep(next, nowMs);
        if (outageMs !== undefined) await record({ type: "grants.readable", seconds: Math.max(0, outageMs) / 1000 });
        if (!isNews) return;
        await record({
            type: "grants.accepted",
            grants: next.grants.length,
            active: next.grants.filter((grant) => isActive(grant, nowMs)).length,
            unusable: next.unusable.length,
            changed: changes.slice(0, MOST_TOLD).map(({ change, grant }) => ({ change, ...tellGrant(grant) })),
        });
    }

    /** One after the other, and of those that wait only the latest. What cannot be kept is tried again with the next reading. */
    function keep({ grants }: Reading, nowMs: number): void {
        keptAtMs = nowMs;
        toKeep = { source: source.name, grants, readAtMs: nowMs };
        const write = async () => {
            const snapshot = toKeep;
            toKeep = undefined;
            if (snapshot === undefined) return;
            try {
                await store.write(snapshot);
                unkept = undefined;
            } catch (error) {
                [unkept, keptAtMs] = [(error as Error).message, -Infinity];
            }
        };
        keeping = keeping.then(write);
    }

    async function refuse(error: unknown, nowMs: number): Promise<void> {
        if (!isTransient(error) && !(lastReadAtMs !== undefined && hasCode(error, "bad-input"))) throw error;
        const why = sentenceOf(error);
        const [isNews, wasClosed] = [why !== problem, isClosed()];
        if (problem === undefined) failingSinceMs = nowMs;
        problem = why;
        // The moment at which they became too old may be long over, and nobody waits for that one.
        if (isClosed() && !wasClosed) version++;
        const pauseMs = Math.min(LAST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures++, 10));
        dueMs = nowMs + pauseMs * (1 - clock.random() / 4);
        if (isNews) await record({ type: "grants.unreadable", why, outcome: isClosed() ? "closed" : "kept" });
    }

    /** An agent that shares the folder may have read later; what seems to be from later than now is from before a clock was set back. */
    function isLater(stored: Snapshot | undefined, { readAtMs }: Overheard): boolean {
        if (stored?.source !== source.name) return false;
        return readAtMs < stored.readAtMs && stored.readAtMs <= clock.now();
    }

    return {
        current: () => (reading !== undefined && isClosed() ? { grants: [], unusable: reading.unusable } : reading),
        isClosed,
        version: () => version,
        momentAfter(ms) {
            const moments = [momentAfter(timetable, ms) ?? Infinity, closesAtMs()].filter((moment) => moment > ms);
            const first = Math.min(...moments);
            return first === Infinity ? undefined : first;
        },
        dueMs: () => dueMs,
        hint() {
            dueMs = -Infinity;
            waiting.hinted(clock.now());
        },
        waitingSinceMs: waiting.sinceMs,
        served: waiting.served,
        async restore(heard) {
            const stored = reading === undefined ? await store.read() : undefined;
            if (stored?.source === source.name) {
                [reading, lastReadAtMs] = [{ grants: stored.grants, unusable: [] }, stored.readAtMs];
                timetable = timetableOf(stored.grants, options.maxTimeToLiveMs);
                version++;
            }
            if (heard === undefined) return;
            if (!isLater(stored, heard)) await accept(heard.reading, clock.now(), heard.readAtMs);
            if (heard.failure !== undefined) await refuse(heard.failure, clock.now());
        },
        async refresh(signal) {
            // Before the read: a hint that comes while it goes on asks for another one.
            dueMs = clock.now() + pollMs;
            const sinceMs = waiting.reading(clock.now());
            let next: Reading;
            try {
                next = await readInTime(source, clock, signal);
            } catch (error) {
                waiting.failed(sinceMs);
                signal.throwIfAborted();
                return refuse(error, clock.now());
            }
            return accept(next, sinceMs, clock.now());
        },
        kept: () => keeping,
        health: () => ({
            lastReadAtMs,
            problem,
            failingSinceMs: problem === undefined ? undefined : failingSinceMs,
            unkept,
        }),
    };
}
