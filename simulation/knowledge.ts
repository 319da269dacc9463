import type { Grant } from "../src/core/grants/grants";
import { selectedGrants } from "../src/core/grants/selection";
import { addressesIn } from "./addresses";
import type { Lesson, Trace } from "./trace";

/** A grant in one form, and how long an agent read it in this form. */
export interface Run {
    readonly id: string;
    readonly user: string | undefined;
    readonly addresses: ReadonlySet<number>;
    /** By the clock of an agent, in milliseconds since 1970. */
    readonly startsAtMs: number;
    readonly endsAtMs: number;
    /** The moment of the world at which a reading, or what an earlier process left, first had it. */
    readonly fromMs: number;
    /** When the first one after that no longer had it; Infinity where each had. */
    readonly toMs: number;
}

/** What an agent has known, over all its processes; agents with one state folder know the same. */
export interface Knowledge {
    readonly runs: readonly Run[];
    /** Ids that were removed by name, and when a reading first said so. */
    readonly removed: readonly { readonly id: string; readonly fromMs: number; readonly toMs: number }[];
    /** Ids that were set by name, likewise. */
    readonly set: readonly { readonly id: string; readonly fromMs: number; readonly toMs: number }[];
    readonly lessons: readonly Lesson[];
}

export function knowledgeOf({ lessons, processes, history }: Trace, agent: number): Knowledge {
    const own = lessons.filter(
        ({ kind, process }) =>
            kind !== "failed" && (history.sharedState === true || processes[process]?.agent === agent),
    );
    const selected = own.map((lesson) => {
        const { team } = processes[lesson.process]?.settings ?? {};
        return { ...lesson, grants: team === undefined ? lesson.grants : selectedGrants(lesson.grants, { team }) };
    });
    return {
        lessons: selected,
        runs: spansOfTime(
            selected.map(({ atMs, grants }) => ({ atMs, items: grants })),
            keyOf,
        ).map(({ item, ...time }) => ({ ...formOf(item), ...time })),
        removed: namedIds(selected, "removed"),
        set: namedIds(selected, "set"),
    };
}

function namedIds(lessons: readonly Lesson[], what: "removed" | "set") {
    const said = lessons
        .filter(({ kind }) => kind === "read")
        .map(({ atMs, named }) => ({ atMs, items: [...(named?.[what] ?? [])] }));
    return spansOfTime(said, (id) => id).map(({ item: id, ...time }) => ({ id, ...time }));
}

/** For each item, the times in which one list after the other had it. */
function spansOfTime<T>(
    lists: readonly { readonly atMs: number; readonly items: readonly T[] }[],
    keyOf: (item: T) => string,
) {
    const done: { item: T; fromMs: number; toMs: number }[] = [];
    let open = new Map<string, { item: T; fromMs: number; toMs: number }>();
    for (const { atMs, items } of lists) {
        const now = new Map(items.map((item) => [keyOf(item), { item, fromMs: atMs, toMs: Infinity }]));
        for (const [key, run] of open) {
            if (now.has(key)) now.set(key, run);
            else done.push({ ...run, toMs: atMs });
        }
        open = now;
    }
    return [...done, ...open.values()];
}

function keyOf({ id, user, spans, startsAtMs, expiresAtMs }: Grant): string {
    return JSON.stringify([id, user, spans, startsAtMs, expiresAtMs]);
}

function formOf({ id, user, spans, startsAtMs = -Infinity, expiresAtMs = Infinity }: Grant) {
    return { id, user, addresses: new Set(spans.flatMap(addressesIn)), startsAtMs, endsAtMs: expiresAtMs };
}

/** Whether a form may be active for an agent that may take each of these for the time. */
export function mayBeActive(run: Run, times: readonly number[]): boolean {
    return times.some((clockMs) => isActiveAt(run, clockMs));
}

/** Whether it is, whichever of these the agent takes for the time. */
export function isSurelyActive(run: Run, times: readonly number[]): boolean {
    return times.every((clockMs) => isActiveAt(run, clockMs));
}

function isActiveAt({ startsAtMs, endsAtMs }: Run, clockMs: number): boolean {
    return startsAtMs <= clockMs && clockMs < endsAtMs;
}
