import { fail } from "../../core/errors/errors";
import { rowsWhere } from "../../core/portal/rowsWhere";
import { type Change, type PortalState, type Rows, staleRows, TABLES, type TableName } from "../../core/portal/state";
import { chainProblem, detachedMark, type Mark, newStore, resetAfter } from "./chain";
import type { Addition, News, Position } from "./changeLog";
import { chained, parse, wholeOf } from "./storeLines";
import type { EndedGrants, Seen, StoreMemory } from "./storeMemory";

/** What the lines of a log say, as far as they were read. */
export interface StoreState {
    state(): PortalState;
    position(): Position | undefined;
    /** Whether anything of the store was read or is remembered. */
    isKnown(): boolean;
    /** Reads what was remembered over a restart, once. */
    recall(): Promise<void>;
    /** @throws `source-unreadable` where the lines are not those that were read before; what is in memory stays */
    take(news: News): void;
    apply(changes: readonly Change[]): void;
    /** The lines for payloads that are to be added; all lines of a new log where the present one has become too long. */
    added(payloads: readonly string[]): Addition;
    /** Whether an operator accepted the store since it was read before; true once. */
    isAccepted(): boolean;
    /** Notes that what was to be added is there. */
    wrote(position: Position): void;
    /** Reads everything again next time. What was read before is still remembered. */
    forget(): void;
    /** All lines of the store as it is now accepted. */
    accepted(
        lines: readonly string[],
        work: (state: PortalState, endedGrants: EndedGrants) => readonly Change[],
    ): Addition;
    /** The grants that this process remembers to have been ended, over a restart. */
    endedGrants(): EndedGrants;
    /** Remembers how far was read, over a restart. At most once a second. */
    note(when?: "now"): Promise<void>;
}

type MutableState = { readonly [Name in TableName]: Map<string, Rows[Name]> };

/** The log is written anew when it has so many lines more than it began with, and than there are rows. */
const MOST_LINES = 20_000;

const NOTE_MS = 1_000;

/** What is in memory. */
interface Held {
    readonly name: string;
    readonly now: () => number;
    readonly kept: StoreMemory | undefined;
    state: MutableState;
    position: Position | undefined;
    /** How far was read; of a store that is read again, too. */
    mark: Mark | undefined;
    /** The end of what is being added. */
    pending: Mark | undefined;
    lines: number;
    /** Whether the last lines that were read are those of a store that was accepted since the ones before. */
    isAccepted: boolean;
    /** Undefined before it was read. */
    seen: Seen | undefined;
    notedAtMs: number;
}

export function openStoreState(name: string, now: () => number, kept: StoreMemory | undefined): StoreState {
    const held: Held = {
        ...{ name, now, kept, state: emptyState(), position: undefined, mark: undefined, pending: undefined, lines: 0 },
        ...{ seen: kept === undefined ? NOTHING : undefined, notedAtMs: -Infinity, isAccepted: false },
    };
    return {
        state: () => held.state,
        position: () => held.position,
        isKnown: () => held.mark !== undefined,
        async recall() {
            if (held.seen !== undefined || kept === undefined) return;
            held.seen = (await kept.read()) ?? NOTHING;
            held.mark ??= held.seen.mark;
        },
        take: (news) => take(held, news),
        apply: (changes) => apply(held.state, changes),
        added: (payloads) => added(held, payloads),
        isAccepted() {
            const { isAccepted } = held;
            held.isAccepted = false;
            return isAccepted;
        },
        wrote(to) {
            held.position = to;
            held.mark = held.pending ?? held.mark;
        },
        forget() {
            held.state = emptyState();
            held.position = undefined;
            held.lines = 0;
        },
        accepted: (lines, work) => accepted(held, lines, work),
        endedGrants: () => (held.seen ?? NOTHING).endedGrants,
        note: (when) => note(held, when),
    };
}

function take(held: Held, { lines, position, isAnew }: News): void {
    const { name, mark } = held;
    const isAll = isAnew || held.position === undefined;
    const found = parse(name, isAll ? undefined : mark, lines);
    const problem = isAll ? chainProblem(mark, found.marks) : undefined;
    if (problem !== undefined) fail("source-unreadable", `${name}: ${problem}; ${WAY_OUT}`);
    if (isAll) [held.state, held.lines] = [emptyState(), 0];
    for (const change of found.changes) apply(held.state, change);
    held.lines += lines.length;
    const last = found.marks.at(-1);
    if (mark !== undefined && (last?.acceptedAtMs ?? 0) > (mark.acceptedAtMs ?? 0)) held.isAccepted = true;
    held.mark = last === undefined ? mark : detachedMark(last);
    held.position = position;
}

function added(held: Held, payloads: readonly string[]): Addition {
    const { mark, state, now } = held;
    held.pending = undefined;
    if (payloads.length === 0) return { lines: [] };
    const begin = mark ?? newStore(`${now()} ${payloads[0]}`);
    if (held.lines + payloads.length >= MOST_LINES + 2 * rowsIn(state)) {
        apply(state, staleRows(state, now()));
        const whole = wholeOf(begin, state);
        [held.pending, held.lines] = [whole.mark, whole.lines.length];
        return { lines: whole.lines, isWhole: true };
    }
    const first = mark === undefined ? [resetAfter(begin)] : [];
    const made = chained(first[0]?.mark ?? begin, payloads);
    held.pending = made.mark;
    held.lines += first.length + payloads.length;
    return { lines: [...first.map(({ text }) => text), ...made.lines] };
}

function accepted(
    { name, now, seen, mark }: Held,
    lines: readonly string[],
    work: Parameters<StoreState["accepted"]>[1],
): Addition {
    const found = parse(name, undefined, lines);
    const state = emptyState();
    for (const change of found.changes) apply(state, change);
    apply(state, work(state, (seen ?? NOTHING).endedGrants));
    const last = found.marks.at(-1);
    // Its numbers go on after all that this process has read, so that nobody takes it for an older copy.
    const line = Math.max(last?.line ?? 0, mark?.line ?? 0);
    const begin = { ...newStore(`${now()} accepted`), ...last, line, acceptedAtMs: now() };
    return { lines: wholeOf(begin, state).lines, isWhole: true };
}

async function note(held: Held, when: "now" | undefined): Promise<void> {
    const { kept, seen, mark, position, now } = held;
    if (kept === undefined || seen === undefined || mark === undefined || position === undefined) return;
    if (seen.mark?.hash === mark.hash || (when !== "now" && Math.abs(now() - held.notedAtMs) < NOTE_MS)) return;
    held.notedAtMs = now();
    const next = { mark, endedGrants: endedIn(held.state, seen.endedGrants, now()) };
    // What cannot be remembered now is remembered with the next change: nobody has to wait for that.
    await kept.write(next).then(
        () => {
            held.seen = next;
        },
        () => {},
    );
}

const NOTHING: Seen = { endedGrants: {} };

const WAY_OUT =
    "nothing of it counts: put the right one back, or accept it as it is with zonekeeper portal --config FILE --accept-store";

/** Those that are ended in the store, and those that were before and could still be brought back. */
function endedIn({ grants }: PortalState, before: EndedGrants, nowMs: number): EndedGrants {
    const kept = Object.entries(before).filter(([, untilMs]) => untilMs > nowMs);
    const now = rowsWhere(
        grants.values(),
        ({ endedAtMs, expiresAtMs }) =>
            endedAtMs !== undefined && typeof expiresAtMs === "number" && expiresAtMs > nowMs,
    ).map(({ id, expiresAtMs }): [string, number] => [id, expiresAtMs]);
    return Object.fromEntries([...kept, ...now]);
}

function emptyState(): MutableState {
    return Object.fromEntries(TABLES.map((name) => [name, new Map()])) as unknown as MutableState;
}

function apply(state: MutableState, changes: readonly Change[]): void {
    for (const [table, key, row] of changes) {
        // A table of a later version is left alone, and so is a name that every object has.
        if (!Object.hasOwn(state, table)) continue;
        const rows = state[table] as Map<string, unknown>;
        if (row === null) rows.delete(key);
        else rows.set(key, row);
    }
}

function rowsIn(state: PortalState): number {
    return TABLES.reduce((sum, name) => sum + state[name].size, 0);
}
