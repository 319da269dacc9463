import { type Grant, isActive } from "../src/core/grants/grants";
import { selectedGrants } from "../src/core/grants/selection";
import { addressesIn } from "./addresses";
import type { Clocks } from "./clocks";
import type { Lesson, Life, Trace } from "./trace";
import { loginOf } from "./users";

/** What a process may take for granted in some time, and what it has to. */
export interface MayAndMust<T> {
    readonly may: ReadonlySet<T>;
    readonly must: ReadonlySet<T>;
}

/** What is granted, as the source says and as processes learnt it. */
export interface Granted {
    /** The addresses that a process may take for granted in this time, and those that it has to, by what it learnt. */
    granted(process: number, fromMs: number, toMs: number): MayAndMust<number>;
    /** The same of users, by login. */
    users(process: number, fromMs: number, toMs: number): MayAndMust<string>;
    /** The same of what somebody holds: `ana@example.com 3325256711`, a login and an address. */
    holdings(process: number, fromMs: number, toMs: number): MayAndMust<string>;
    /** The addresses that the source truly granted at some moment of this time, by a process's clock. */
    trulyGranted(process: number, fromMs: number, toMs: number): Set<number>;
    /** Whether a process has anything to go by. */
    knows(process: number, ms: number): boolean;
}

export function grantedOf(trace: Trace, { clockOf, timesOf }: Clocks, lifeOf: (process: number) => Life): Granted {
    const { history, documents, jumps } = trace;
    const lessonsOf = new Map<number, Lesson[]>();
    for (const lesson of trace.lessons) {
        const own = lessonsOf.get(lesson.process) ?? [];
        own.push(lesson);
        lessonsOf.set(lesson.process, own);
    }

    /** The moments in this time at which what a process grants may change. */
    function moments(process: number, lists: readonly (readonly Grant[])[], fromMs: number, toMs: number): number[] {
        const ends = lists
            .flat()
            .flatMap(({ startsAtMs, expiresAtMs }) => [startsAtMs ?? fromMs, expiresAtMs ?? fromMs]);
        const shift = clockOf(process, toMs) - toMs;
        return [...ends.map((ms) => ms - shift), fromMs, toMs].filter((ms) => fromMs <= ms && ms <= toMs);
    }

    /** Of a reading, what the settings of the process select. */
    const selectedIn = ({ grants, process }: Lesson) => {
        const { team } = lifeOf(process).settings;
        return team === undefined ? grants : selectedGrants(grants, { team });
    };

    function known(process: number, ms: number, clockMs: number): readonly Grant[] {
        let last: Lesson | undefined;
        let hasFailed = false;
        for (const lesson of lessonsOf.get(process) ?? []) {
            if (lesson.atMs > ms) break;
            hasFailed = lesson.kind === "failed";
            if (!hasFailed) last = lesson;
        }
        const closesAtMs = (last?.clockMs ?? 0) + (history.maxStaleMs ?? Infinity);
        return last === undefined || (hasFailed && clockMs >= closesAtMs) ? [] : selectedIn(last);
    }

    /** The moments in this time at which what was read before may become too old. */
    function closings(process: number, maxStaleMs: number, fromMs: number, toMs: number): number[] {
        const shift = clockOf(process, toMs) - toMs;
        return (lessonsOf.get(process) ?? [])
            .map(({ clockMs }) => clockMs - shift + maxStaleMs)
            .filter((ms) => fromMs <= ms && ms <= toMs);
    }

    /** What some moment of this time, and each, has of the grants that are active then, as far as a process knows. */
    function among<T>(process: number, fromMs: number, toMs: number, of: (grants: readonly Grant[]) => Set<T>) {
        const own = (lessonsOf.get(process) ?? []).filter(({ atMs }) => fromMs <= atMs && atMs <= toMs);
        const lists = [known(process, fromMs, -Infinity), ...own.map(selectedIn)];
        const closing = history.maxStaleMs === undefined ? [] : closings(process, history.maxStaleMs, fromMs, toMs);
        const set = jumps.map(({ atMs }) => atMs).filter((ms) => fromMs <= ms && ms <= toMs);
        const at = [...moments(process, lists, fromMs, toMs), ...own.map(({ atMs }) => atMs), ...closing, ...set];
        const sets = at.flatMap((ms) =>
            clocksAt(lists, timesOf(process, ms)).map((clockMs) => of(active(known(process, ms, clockMs), clockMs))),
        );
        const may = new Set(sets.flatMap((set) => [...set]));
        return { may, must: new Set([...may].filter((address) => sets.every((set) => set.has(address)))) };
    }

    return {
        granted: (process, fromMs, toMs) => among(process, fromMs, toMs, addressesGranted),
        users: (process, fromMs, toMs) => among(process, fromMs, toMs, usersOf),
        holdings: (process, fromMs, toMs) => among(process, fromMs, toMs, holdingsOf),
        trulyGranted(process, fromMs, toMs) {
            const lists = documents
                .filter(({ atMs }, index) => atMs <= toMs && (documents[index + 1]?.atMs ?? Infinity) >= fromMs)
                .map(({ grants }) => grants);
            const at = moments(process, lists, fromMs, toMs);
            return new Set(
                lists.flatMap((grants) =>
                    at.flatMap((ms) =>
                        timesOf(process, ms).flatMap((clockMs) => [...addressesGranted(active(grants, clockMs))]),
                    ),
                ),
            );
        },
        knows: (process, ms) =>
            (lessonsOf.get(process) ?? []).some(({ kind, atMs }) => kind !== "failed" && atMs <= ms),
    };
}

/** Where the time is not known exactly, the ends and the starts between, too: an address may be nobody's for less than a step. */
function clocksAt(lists: readonly (readonly Grant[])[], times: readonly number[]): readonly number[] {
    const [first = 0, last = first] = [times[0], times.at(-1)];
    if (first === last) return times;
    const changes = lists.flat().flatMap(({ startsAtMs = first, expiresAtMs = first }) => [startsAtMs, expiresAtMs]);
    return [...times, ...changes.filter((ms) => first < ms && ms < last)];
}

function active(grants: readonly Grant[], clockMs: number): readonly Grant[] {
    return grants.filter((grant) => isActive(grant, clockMs));
}

function addressesGranted(grants: readonly Grant[]): Set<number> {
    const addresses = new Set<number>();
    for (const { spans } of grants) {
        for (const { low, high } of spans) for (let each = low; each <= high; each++) addresses.add(each);
    }
    return addresses;
}

function usersOf(grants: readonly Grant[]): Set<string> {
    return new Set(grants.flatMap(({ user }) => (user === undefined ? [] : loginOf(user))));
}

function holdingsOf(grants: readonly Grant[]): Set<string> {
    return new Set(
        grants.flatMap(({ user, spans }) =>
            user === undefined ? [] : spans.flatMap(addressesIn).map((address) => holdingOf(loginOf(user), address)),
        ),
    );
}

export function holdingOf(login: string, address: number): string {
    return `${login} ${address}`;
}
