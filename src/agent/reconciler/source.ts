import { sentenceOf } from "../../core/errors/codes";
import { hasCode, isTransient } from "../../core/errors/errors";
import { type ChangedGrant, comparedGrants } from "../../core/grants/grantChanges";
import { indexAfter, indexOf } from "../../core/grants/grantIndex";
import type { Grant } from "../../core/grants/grants";
import type { Reading } from "../../core/grants/grantsDocument";
import { isSelected, type Selector, selectedGrants } from "../../core/grants/selection";
import { NO_MEMORY, type Remembered } from "../../core/membership/memory";
import { isSameSet } from "../../core/sets";
import { backoffMs } from "../../core/time/backoff";
import type { AgentEvent } from "../events/events";
import { tellGrant } from "../events/format";
import type { Overheard, SourceHealth } from "../grants/overheard";
import type { RecordTask } from "./lanes";
import type { ReconcilerSettings, ReconcilerState, SourceState } from "./state";
import { runSource, setSource, type Turn } from "./turn";

/** How long to wait after a failed read: less by up to a quarter at random, so that the longest is the longest. */
const PAUSES = { firstMs: 1000, longestMs: 60_000 };

/**
 * A source that says the same as before is kept again, too, so that the next process takes it for no older than it
 * is: by at most this part of maxStale.
 */
export const KEPT_WITHIN = 10;

/** Changes of one reading that are recorded by name. */
const MOST_TOLD = 1000;

const NOBODY: ReadonlySet<string> = new Set();

/** When the grants that were read last become too old; Infinity while the source can be read, or they never do. */
export function closesAtMs({ problem, lastReadAtMs }: SourceState, { maxStaleMs }: ReconcilerSettings): number {
    return problem === undefined || maxStaleMs === undefined || lastReadAtMs === undefined
        ? Infinity
        : lastReadAtMs + maxStaleMs;
}

/** Begins to read if that is due, and no read is under way. */
export function startReading(turn: Turn): void {
    const { settings, moment, state } = turn;
    const { dueMs, hintedAtMs } = state.source;
    if (state.sourceLane.step.at !== "idle" || moment.nowMs < dueMs) return;
    // Before the read: a hint that comes while it goes on asks for another one.
    setSource(turn, {
        dueMs: moment.nowMs + settings.pollMs,
        readSinceMs: hintedAtMs ?? moment.nowMs,
        hintedAtMs: undefined,
    });
    runSource(turn, [{ do: "read" }], { at: "read" });
}

/** Whether no pass waits for the source lane to be idle. */
export function isNothingAwaited({ state: { source }, moment }: Turn): boolean {
    return source.waitsUntilMs <= moment.nowMs && source.dueMs > moment.nowMs && source.thrown === undefined;
}

/** The source may say something new. */
export function hint(turn: Turn): void {
    setSource(turn, { dueMs: -Infinity, hintedAtMs: turn.state.source.hintedAtMs ?? turn.moment.nowMs });
}

/**
 * A reading. Each grant that did not change goes on as the same object, however the source reads it, and the list as the
 * same list as long as it says the same: comparing it with itself costs nothing.
 *
 * @param sinceMs Since when what is new in it has waited.
 * @returns the lines that it is worth
 */
export function accept(turn: Turn, next: Reading, sinceMs: number, readAtMs: number): readonly RecordTask[] {
    const { settings, moment, state } = turn;
    const { source } = state;
    const before = source.reading?.grants ?? (state.memory ?? NO_MEMORY).grants;
    const { changes, grants } = comparedGrants(before, next.grants);
    const changed = settings.toldOf === undefined ? changes : changesOf(changes, settings.toldOf);
    const isFirst = source.reading === undefined;
    const isNews = isFirst || changed.length > 0 || !isSameRest(source.reading, next);
    if (isNews || moment.nowMs >= closesAtMs(source, settings)) bringVersion(turn, sinceMs);
    indexAfter(before, grants);
    setSource(turn, {
        reading: { ...next, grants: !isFirst && changes.length === 0 ? before : grants },
        lastReadAtMs: readAtMs,
        problem: undefined,
        failures: 0,
    });
    if (readAtMs - source.keptAtMs >= (settings.maxStaleMs ?? Infinity) / KEPT_WITHIN) {
        setSource(turn, { keptAtMs: readAtMs });
        turn.effects.push({ do: "keep-again" });
    }
    const isWorth = changed.length > 0 || (isFirst && source.lastReadAtMs === undefined);
    const told = settings.toldOf === undefined ? grants : selectedGrants(grants, settings.toldOf);
    return [
        ...(source.problem === undefined ? [] : [readable(source, readAtMs)]),
        ...(isWorth ? [accepted(told, changed, next, readAtMs)] : []),
    ];
}

/** What is another membership's, before and after, changes no decision of this one. */
function changesOf(changes: readonly ChangedGrant[], selector: Selector): readonly ChangedGrant[] {
    return changes.filter(({ grant, was = grant }) => isSelected(grant, selector) || isSelected(was, selector));
}

function readable({ failingSinceMs }: SourceState, nowMs: number): RecordTask {
    const seconds = Math.max(0, nowMs - failingSinceMs) / 1000;
    return line({ type: "grants.readable", seconds });
}

function accepted(
    told: readonly Grant[],
    changed: ReturnType<typeof comparedGrants>["changes"],
    { unusable }: Reading,
    nowMs: number,
): RecordTask {
    return line({
        type: "grants.accepted",
        grants: told.length,
        active: indexOf(told).countActive(nowMs),
        unusable: unusable.length,
        changed: changed.slice(0, MOST_TOLD).map(({ change, grant }) => ({ change, ...tellGrant(grant) })),
    });
}

export function line(event: AgentEvent): RecordTask {
    return { do: "record", event };
}

function bringVersion(turn: Turn, sinceMs: number): void {
    const { version, news } = turn.state.source;
    setSource(turn, { version: version + 1, news: [...news, { version: version + 1, sinceMs }] });
}

/**
 * A read that failed: what was read before goes on, as long as it may.
 *
 * @returns the lines that it is worth; what another try would not mend, where the source never said anything
 */
export function refuse(turn: Turn, error: unknown): readonly RecordTask[] | { readonly error: unknown } {
    const { settings, moment } = turn;
    const { source } = turn.state;
    if (!isTransient(error) && !(source.lastReadAtMs !== undefined && hasCode(error, "bad-input"))) return { error };
    const { nowMs } = moment;
    const why = sentenceOf(error);
    const wasClosed = nowMs >= closesAtMs(source, settings);
    const pauseMs = backoffMs(source.failures + 1, PAUSES, 0);
    const failing = {
        problem: why,
        failingSinceMs: source.problem === undefined ? nowMs : source.failingSinceMs,
        failures: source.failures + 1,
        dueMs: nowMs + pauseMs * (1 - moment.random() / 4),
    };
    const isClosed = nowMs >= closesAtMs({ ...source, ...failing }, settings);
    // The moment at which they became too old may be long over, and nobody waits for that one.
    setSource(turn, { ...failing, version: source.version + (isClosed && !wasClosed ? 1 : 0) });
    if (why === source.problem) return [];
    return [line({ type: "grants.unreadable", why, outcome: isClosed ? "closed" : "kept" })];
}

/** Takes over when another process read this source. What was remembered then is gone by until it is read again. */
export function restoreRead(turn: Turn, stored: Remembered | undefined): void {
    const { reading, lastReadAtMs, version } = turn.state.source;
    const storedAtMs = storedAt(turn, stored);
    if (storedAtMs === undefined || !isLater(storedAtMs, lastReadAtMs, turn.moment.nowMs)) return;
    setSource(turn, {
        version: reading === undefined ? version : version + 1,
        reading: undefined,
        lastReadAtMs: storedAtMs,
    });
}

/**
 * Takes over what this agent has heard while another one led, where that is not older than what was remembered.
 *
 * @returns as refuse does
 */
export function takeHeard(
    turn: Turn,
    stored: Remembered | undefined,
    heard: Overheard | undefined,
): readonly RecordTask[] | { readonly error: unknown } {
    if (heard === undefined) return [];
    const { latest, failure } = heard;
    const { nowMs } = turn.moment;
    const isOld = latest === undefined || isLater(storedAt(turn, stored), latest.readAtMs, nowMs);
    const accepted = isOld ? [] : accept(turn, latest.reading, nowMs, latest.readAtMs);
    // Where nothing was ever read, the leader finds out itself whether that is still so.
    const isKnown = turn.state.source.lastReadAtMs !== undefined;
    const refused = failure === undefined || !isKnown ? [] : refuse(turn, failure);
    return "error" in refused ? refused : [...accepted, ...refused];
}

function storedAt({ settings }: Turn, stored: Remembered | undefined): number | undefined {
    return stored?.source === settings.sourceName ? stored.readAtMs : undefined;
}

/** What seems to be from later than now is from before the clock was set back. */
function isLater(storedAtMs: number | undefined, readAtMs: number | undefined, nowMs: number): boolean {
    if (storedAtMs === undefined) return false;
    return readAtMs === undefined || (readAtMs < storedAtMs && storedAtMs <= nowMs);
}

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

/** This version is in force, and so are those before it; what came meanwhile still waits. */
export function served(turn: Turn, version: number): void {
    setSource(turn, { news: turn.state.source.news.filter((each) => each.version > version) });
}

/** Since when the oldest news waits that is not in force; undefined when none does. */
export function waitingSinceMs({ news }: SourceState): number | undefined {
    return news.length === 0 ? undefined : Math.min(...news.map(({ sinceMs }) => sinceMs));
}

export function healthOf({ source }: Pick<ReconcilerState, "source">): SourceHealth {
    const { lastReadAtMs, problem, failingSinceMs } = source;
    return { lastReadAtMs, problem, failingSinceMs: problem === undefined ? undefined : failingSinceMs };
}
