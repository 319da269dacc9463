import type { Clock } from "../../clock";
import { sentenceOf } from "../../core/errors/codes";
import { hasCode, isTransient } from "../../core/errors/errors";
import { comparedGrants } from "../../core/grants/grantChanges";
import { indexAfter, indexOf } from "../../core/grants/grantIndex";
import type { Grant } from "../../core/grants/grants";
import type { Reading } from "../../core/grants/grantsDocument";
import { isSelected, type Selector, selectedGrants } from "../../core/grants/selection";
import type { Remembered } from "../../core/membership/memory";
import { isSameSet } from "../../core/sets";
import type { GrantSource } from "../../sources/source";
import type { RecordEvent } from "../events/events";
import { tellGrant } from "../events/format";
import type { MembershipMemory } from "../memory/membershipMemory";
import { openLatency } from "./latency";
import { readWithTimeout } from "./readWithTimeout";

/** What a source said to an agent that did not lead. */
export interface Overheard {
    readonly reading: Reading;
    readonly readAtMs: number;
    /** Why it cannot be read now; undefined when it can. */
    readonly failure: Error | undefined;
}

export interface GrantCacheOptions {
    readonly source: GrantSource;
    readonly remembering: Pick<MembershipMemory, "keep">;
    readonly clock: Clock;
    readonly record: RecordEvent;
    readonly pollMs: number;
    /** How long the grants that were read last outlast a source that cannot be read; undefined: for ever. */
    readonly maxStaleMs: number | undefined;
    /** The grants that are known from before the first read. */
    readonly known: () => readonly Grant[];
    /** How long a grant may go on from now to be let in. @default as long as it likes */
    readonly maxTimeToLiveMs?: number | undefined;
    /** Of which grants is told that they are read; with several memberships, each tells of its own. @default all */
    readonly toldOf?: Selector | undefined;
}

/** What the source said last, for as long as it may count. */
export interface GrantCache {
    /** Undefined while this process has not read the source. A reading that is too old has no grants at all. */
    current(): Reading | undefined;
    /** The name of the source, and when it was last read, also by an earlier process. */
    read(): { readonly source: string; readonly readAtMs: number | undefined };
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
    /**
     * Takes over when another process read this source, and what this one has heard while another agent led. The later
     * of both counts.
     */
    restore(stored: Remembered | undefined, heard?: Overheard): Promise<void>;
    /**
     * Reads the source. That it cannot be read is kept as the problem.
     *
     * @throws what another try would not mend, such as `bad-input`, where the source never said anything
     */
    refresh(signal: AbortSignal): Promise<void>;
    health(): SourceHealth;
}

const NOBODY: ReadonlySet<string> = new Set();

/** Whether two readings say the same of entries that cannot be used, and of ids that were named. */
function isSameRest(before: Reading | undefined, { unusable, named }: Reading): boolean {
    if (before === undefined) return false;
    const isSameUnusable = before.unusable === unusable || JSON.stringify(before.unusable) === JSON.stringify(unusable);
    return (
        isSameUnusable &&
        isSameSet(before.named?.set ?? NOBODY, named?.set ?? NOBODY) &&
        isSameSet(before.named?.removed ?? NOBODY, named?.removed ?? NOBODY)
    );
}

export interface SourceHealth {
    readonly lastReadAtMs: number | undefined;
    /** Why the last read failed; undefined when it did not. */
    readonly problem: string | undefined;
    /** Since when reads have failed; undefined when the last one did not. */
    readonly failingSinceMs: number | undefined;
}

/** The shortest and the longest wait after a failed read. */
const [FIRST_PAUSE_MS, LAST_PAUSE_MS] = [1000, 60_000];

/**
 * A source that says the same as before is kept again, too, so that the next process takes it for no older than it
 * is: by at most this part of maxStale.
 */
export const KEPT_WITHIN = 10;

/** Changes of one reading that are recorded by name. */
const MOST_TOLD = 1000;

export function openGrantCache(options: GrantCacheOptions): GrantCache {
    const { source, remembering, clock, record, pollMs, maxStaleMs } = options;
    const isTold = (grant: Grant) => options.toldOf === undefined || isSelected(grant, options.toldOf);
    let reading: Reading | undefined;
    let lastReadAtMs: number | undefined;
    let problem: string | undefined;
    let [failures, failingSinceMs] = [0, -Infinity];
    let version = 0;
    let dueMs = -Infinity;
    const waiting = openLatency();
    let keptAtMs = -Infinity;

    const closesAtMs = () =>
        problem === undefined || maxStaleMs === undefined || lastReadAtMs === undefined
            ? Infinity
            : lastReadAtMs + maxStaleMs;
    const isClosed = () => clock.now() >= closesAtMs();

    async function accept(next: Reading, sinceMs: number, nowMs: number): Promise<void> {
        const isFirst = reading === undefined;
        const before = reading?.grants ?? options.known();
        // Each grant that did not change goes on as the same object, however the source reads it.
        const { changes, grants } = comparedGrants(before, next.grants);
        // What is another membership's, before and after, changes no decision of this one.
        const changed = changes.filter(({ grant, was = grant }) => isTold(grant) || isTold(was));
        const isNews = isFirst || changed.length > 0 || !isSameRest(reading, next);
        if (isNews || isClosed()) waiting.brought(++version, sinceMs);
        indexAfter(before, grants);
        const outageMs = problem === undefined ? undefined : nowMs - failingSinceMs;
        const isWorth = changed.length > 0 || (isFirst && lastReadAtMs === undefined);
        // The same list of grants as long as it says the same: comparing it with itself costs nothing.
        reading = { ...next, grants: reading !== undefined && changes.length === 0 ? reading.grants : grants };
        [lastReadAtMs, problem, failures] = [nowMs, undefined, 0];
        if (nowMs - keptAtMs >= (maxStaleMs ?? Infinity) / KEPT_WITHIN) {
            keptAtMs = nowMs;
            remembering.keep();
        }
        if (outageMs !== undefined) await record({ type: "grants.readable", seconds: Math.max(0, outageMs) / 1000 });
        if (!isWorth) return;
        const told = options.toldOf === undefined ? grants : selectedGrants(grants, options.toldOf);
        await record({
            type: "grants.accepted",
            grants: told.length,
            active: indexOf(told).countActive(nowMs),
            unusable: next.unusable.length,
            changed: changed.slice(0, MOST_TOLD).map(({ change, grant }) => ({ change, ...tellGrant(grant) })),
        });
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

    /** What seems to be from later than now is from before the clock was set back. */
    function isLater(storedAtMs: number | undefined, readAtMs: number | undefined): boolean {
        if (storedAtMs === undefined) return false;
        return readAtMs === undefined || (readAtMs < storedAtMs && storedAtMs <= clock.now());
    }

    return {
        current: () => (isClosed() ? { grants: [], unusable: reading?.unusable ?? [] } : reading),
        read: () => ({ source: source.name, readAtMs: lastReadAtMs }),
        isClosed,
        version: () => version,
        momentAfter(ms) {
            const next = reading && indexOf(reading.grants).nextMoment(ms, options.maxTimeToLiveMs);
            const moments = [next ?? Infinity, closesAtMs()].filter((moment) => moment > ms);
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
        async restore(stored, heard) {
            const storedAtMs = stored?.source === source.name ? stored.readAtMs : undefined;
            if (storedAtMs !== undefined && isLater(storedAtMs, lastReadAtMs)) {
                // What was remembered then is gone by until the source is read again.
                if (reading !== undefined) version++;
                [reading, lastReadAtMs] = [undefined, storedAtMs];
            }
            if (heard === undefined) return;
            if (!isLater(storedAtMs, heard.readAtMs)) await accept(heard.reading, clock.now(), heard.readAtMs);
            if (heard.failure !== undefined) await refuse(heard.failure, clock.now());
        },
        async refresh(signal) {
            // Before the read: a hint that comes while it goes on asks for another one.
            dueMs = clock.now() + pollMs;
            const sinceMs = waiting.reading(clock.now());
            let next: Reading;
            try {
                next = await readWithTimeout(source, clock, signal);
            } catch (error) {
                waiting.failed(sinceMs);
                signal.throwIfAborted();
                return refuse(error, clock.now());
            }
            return accept(next, sinceMs, clock.now());
        },
        health: () => ({
            lastReadAtMs,
            problem,
            failingSinceMs: problem === undefined ? undefined : failingSinceMs,
        }),
    };
}
