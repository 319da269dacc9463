import { parseSpan, type Span } from "../../src/core/addresses/ip";
import type { Grant } from "../../src/core/grants/grants";
import { isActive } from "../../src/core/grants/grants";
import { AGREES_MS, DEPARTS_MS } from "../../src/core/time/checkedTime";
import { SENTINEL } from "../../src/core/zones/zone";
import { EPOCH_MS } from "./epoch";
import type { Asked, Lesson, Life, Term, Trace, ZoneDocument } from "./trace";
import { loginOf } from "./users";

/** What the laws ask of a trace. */
export interface Facts {
    readonly trace: Trace;
    /** The term that leads at a moment. */
    termAt(ms: number): Term | undefined;
    lifeOf(process: number): Life;
    /** What a process's clock shows, in milliseconds since 1970. */
    clockOf(process: number, ms: number): number;
    /** Whether neither Okta nor the way to it nor a host had any trouble. */
    isCalm(fromMs: number, toMs: number): boolean;
    isSourceCalm(fromMs: number, toMs: number): boolean;
    /** The addresses in all zones. */
    insideAt(ms: number): ReadonlySet<number>;
    /** The addresses that a process may take for granted in this time, and those that it has to, by what it learnt. */
    granted(process: number, fromMs: number, toMs: number): { readonly may: Set<number>; readonly must: Set<number> };
    /** The same of users, by login. */
    users(process: number, fromMs: number, toMs: number): { readonly may: Set<string>; readonly must: Set<string> };
    /** The addresses that the source truly granted at some moment of this time, by a process's clock. */
    trulyGranted(process: number, fromMs: number, toMs: number): Set<number>;
    /** The addresses that need no grant. */
    readonly fixed: ReadonlySet<number>;
    /** The last time before `ms` that a process was shown a zone: by a read, or by the answer to its own write too. */
    lastShown(process: number, zone: string, ms: number, by: "read" | "any"): Asked | undefined;
    /** The last answers that showed a process the zone before it wrote, oldest first: what it believed is among them. */
    shownBefore(put: Asked): readonly Asked[];
    /** Whether a process has anything to go by. */
    knows(process: number, ms: number): boolean;
}

export function factsOf(trace: Trace): Facts {
    const { history, lessons, jumps, processes, terms, troubles, outages, states } = trace;
    const lifeOf = (process: number) => {
        const life = processes[process];
        if (life === undefined) throw new Error(`there is no process ${process}`);
        return life;
    };
    const clockOf = (process: number, ms: number) => EPOCH_MS + ms + (offsetOf(trace, lifeOf(process), ms) ?? 0);
    /** All that a process may take for the time at a moment: Okta's time is known to it to a second. */
    const timesOf = (process: number, ms: number) => {
        const offsetMs = offsetOf(trace, lifeOf(process), ms);
        return offsetMs === undefined
            ? [-BLUR_MS, 0, BLUR_MS].map((byMs) => EPOCH_MS + ms + byMs)
            : [clockOf(process, ms)];
    };
    const overlaps = (fromMs: number, toMs: number) => (trouble: { fromMs: number; toMs: number }) =>
        trouble.fromMs <= toMs && fromMs <= trouble.toMs;
    const lessonsOf = new Map<number, Lesson[]>();
    for (const lesson of lessons) {
        lessonsOf.set(lesson.process, [...(lessonsOf.get(lesson.process) ?? []), lesson]);
    }
    const inside = insideOf(states);
    const shown = trace.requests.filter(({ status, fault }) => status === 200 && fault !== "html");

    /** The moments in this time at which what a process grants may change. */
    function moments(process: number, lists: readonly (readonly Grant[])[], fromMs: number, toMs: number): number[] {
        const ends = lists
            .flat()
            .flatMap(({ startsAtMs, expiresAtMs }) => [startsAtMs ?? fromMs, expiresAtMs ?? fromMs]);
        const shift = clockOf(process, toMs) - toMs;
        return [...ends.map((ms) => ms - shift), fromMs, toMs].filter((ms) => fromMs <= ms && ms <= toMs);
    }

    function known(process: number, ms: number): readonly Grant[] {
        let last: Lesson | undefined;
        let hasFailed = false;
        for (const lesson of lessonsOf.get(process) ?? []) {
            if (lesson.atMs > ms) break;
            hasFailed = lesson.kind === "failed";
            if (!hasFailed) last = lesson;
        }
        const closesAtMs = (last?.clockMs ?? 0) + (history.maxStaleMs ?? Infinity);
        return last === undefined || (hasFailed && clockOf(process, ms) >= closesAtMs) ? [] : last.grants;
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
        const lists = [known(process, fromMs), ...own.map(({ grants }) => grants)];
        const closing = history.maxStaleMs === undefined ? [] : closings(process, history.maxStaleMs, fromMs, toMs);
        const set = jumps.map(({ atMs }) => atMs).filter((ms) => fromMs <= ms && ms <= toMs);
        const at = [...moments(process, lists, fromMs, toMs), ...own.map(({ atMs }) => atMs), ...closing, ...set];
        const sets = at.flatMap((ms) => timesOf(process, ms).map((clockMs) => of(active(known(process, ms), clockMs))));
        const may = new Set(sets.flatMap((set) => [...set]));
        return { may, must: new Set([...may].filter((address) => sets.every((set) => set.has(address)))) };
    }

    return {
        trace,
        lifeOf,
        clockOf,
        fixed: new Set([...addressesOf(history.staticGateways), ...addressesOf([SENTINEL])]),
        termAt: (ms) => terms.find(({ fromMs, toMs }) => fromMs <= ms && ms < toMs),
        isCalm: (fromMs, toMs) => !troubles.some(overlaps(fromMs, toMs)),
        isSourceCalm: (fromMs, toMs) => !outages.some(overlaps(fromMs, toMs)),
        insideAt: (ms) => inside.findLast(({ atMs }) => atMs <= ms)?.addresses ?? NOTHING,
        granted: (process, fromMs, toMs) => among(process, fromMs, toMs, addressesGranted),
        users: (process, fromMs, toMs) => among(process, fromMs, toMs, usersOf),
        trulyGranted(process, fromMs, toMs) {
            const { documents } = trace;
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
        shownBefore: ({ process, zone, sentAtMs }) =>
            shown
                .filter((asked) => asked.process === process && asked.zone === zone)
                .filter(({ answeredAtMs = Infinity }) => answeredAtMs <= sentAtMs)
                .slice(-DOUBTED - 1),
        knows: (process, ms) =>
            (lessonsOf.get(process) ?? []).some(({ kind, atMs }) => kind !== "failed" && atMs <= ms),
        lastShown: (process, zone, ms, by) =>
            shown.findLast(
                (asked) =>
                    asked.process === process &&
                    asked.zone === zone &&
                    (asked.answeredAtMs ?? Infinity) <= ms &&
                    (by === "any" || asked.method === "GET"),
            ),
    };
}

const NOTHING: ReadonlySet<number> = new Set();

/** The addresses in all zones from each moment on at which one changed. */
function insideOf(
    states: Trace["states"],
): readonly { readonly atMs: number; readonly addresses: ReadonlySet<number> }[] {
    const last = new Map<string, ReadonlySet<number>>();
    return states.map(({ atMs, zone, gateways, isGone }) => {
        last.set(zone, isGone ? NOTHING : addressesOf(gateways));
        return { atMs, addresses: new Set([...last.values()].flatMap((addresses) => [...addresses])) };
    });
}

/** What the Date of an answer leaves out, and the way of the answer. */
const BLUR_MS = 1500;

/**
 * How far the time of a process is off at a moment; undefined where it goes by Okta's time. See
 * src/core/time/checkedTime.ts: that begins where its clock is more than a minute off, and ends where it is within ten seconds.
 */
function offsetOf({ jumps }: Trace, { agent, fromMs }: Life, ms: number): number | undefined {
    const own = jumps.filter((jump) => jump.agent === agent && jump.atMs <= ms);
    let offsetMs = own.filter(({ atMs }) => atMs <= fromMs).reduce((sum, { byMs }) => sum + byMs, 0);
    let isApart = Math.abs(offsetMs) > DEPARTS_MS;
    for (const { byMs } of own.filter(({ atMs }) => atMs > fromMs)) {
        offsetMs += byMs;
        isApart = Math.abs(offsetMs) > (isApart ? AGREES_MS : DEPARTS_MS);
    }
    return isApart ? undefined : offsetMs;
}

/** src/agent/keeping/belief.ts: after a write, so many looks have to differ before they are believed. */
export const DOUBTED = 5;

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

/** Single addresses as numbers; what is no IPv4 counts as none. */
export function addressesOf(gateways: readonly string[]): Set<number> {
    return new Set(gateways.flatMap((text) => addressesIn(parseSpan(text, "clear").span)));
}

export function addressesIn(span: Span | undefined): number[] {
    if (span === undefined) return [];
    return Array.from({ length: span.high - span.low + 1 }, (_, index) => span.low + index);
}

export function gatewaysIn(document: ZoneDocument | undefined): string[] {
    return (document?.gateways ?? []).map(({ value }) => value);
}

export function isSame(a: ReadonlySet<number>, b: ReadonlySet<number>): boolean {
    return a.size === b.size && [...a].every((address) => b.has(address));
}

export function tellAddress(address: number): string {
    return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join(".");
}
