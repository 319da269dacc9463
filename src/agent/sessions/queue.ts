import { namesOf } from "../../core/group/users";
import { userKey } from "../../core/membership/denials";
import { backoffMs } from "../../core/time/backoff";
import type { FoundUser } from "../../okta/sessions";

/** Who is inside, and whose sessions are to be ended. Plain data, as it survives a restart. */
export interface Queue {
    /** Users of grants that are in a zone; undefined before that was ever known. */
    readonly inside: readonly string[] | undefined;
    readonly due: readonly Due[];
}

/** A queue as it is kept, with the zones that it is about; undefined where they were not kept with it. */
export interface KeptQueue extends Queue {
    readonly zones?: readonly string[] | undefined;
}

/** A user whose last grant has ended. */
export interface Due {
    readonly user: string;
    /** Okta's id and login of the user, once they were looked up. */
    readonly userId?: string;
    readonly login?: string;
    /** When the write was accepted that put them out, in milliseconds since 1970. */
    readonly outAtMs: number;
    /** Which clearing is next, and when. */
    readonly turn: "first" | "second";
    readonly atMs: number;
    /** How often this clearing failed so far, and why the last time. */
    readonly attempts: number;
    readonly why?: string;
}

/** Okta needs about 60 s to spread a zone; until then a user who was put out can sign in again. */
export const SECOND_MS = 75_000;

/** Gives up on a user whose sessions could not be ended for so long: they have ended by themselves. */
export const GIVE_UP_MS = 24 * 3_600_000;

const [FIRST_WAIT_MS, LONGEST_WAIT_MS] = [5_000, 300_000];

/**
 * The queue once a write was accepted after which these users are inside.
 *
 *   who                                      then
 *   was inside, and is no longer             is due at once, and once more after 75 s
 *   is inside                                is not due, even if they were
 *   is due, and still outside                stays so
 *   was never known to be inside             nothing
 */
export function afterWrite({ inside, due }: Queue, active: ReadonlySet<string>, acceptedAtMs: number): Queue {
    const keys = new Set([...active].map(userKey));
    const lost = distinct(inside ?? []).filter((user) => !keys.has(userKey(user)));
    const outside = new Set(lost.map(userKey));
    const kept = due.filter(({ user }) => !keys.has(userKey(user)) && !outside.has(userKey(user)));
    const added = lost.map(
        (user): Due => ({ user, outAtMs: acceptedAtMs, turn: "first", atMs: acceptedAtMs, attempts: 0 }),
    );
    return { inside: distinct(active), due: [...kept, ...added] };
}

/** The queue before a write after which these users may be inside: whatever becomes of it, they are out only later. */
export function beforeWrite(queue: Queue, active: ReadonlySet<string>): Queue {
    const inside = new Set(queue.inside?.map(userKey));
    const added = distinct(active).filter((user) => !inside.has(userKey(user)));
    const keys = new Set([...active].map(userKey));
    const due = queue.due.filter(({ user }) => !keys.has(userKey(user)));
    if (added.length === 0 && due.length === queue.due.length) return queue;
    return { inside: [...(queue.inside ?? []), ...added], due };
}

/** The queue after the clock was set back by so much: nothing is due later for that. */
export function afterSetBack({ inside, due }: Queue, byMs: number): Queue {
    return { inside, due: due.map((each) => ({ ...each, outAtMs: each.outAtMs - byMs, atMs: each.atMs - byMs })) };
}

/** The queue of an earlier run, whose clock may have been another: nobody waits longer than the longest wait. */
export function restored({ inside, due }: Queue, nowMs: number): Queue {
    const latestMs = nowMs + waitMs(Infinity, 1);
    const early = ({ outAtMs, atMs, ...each }: Due) => ({
        ...each,
        outAtMs: Math.min(outAtMs, nowMs),
        atMs: Math.min(atMs, latestMs),
    });
    return { inside, due: due.map(early) };
}

/**
 * The queue that was kept for some zones, for a membership of these zones.
 *
 *   its zones                        then
 *   are all ours                     it counts
 *   are ours in part                 nobody is known to be inside: they may still be in a zone that is not ours any more
 *   are others, or of another agent  it says nothing about us
 */
export function ofZones({ zones, ...queue }: KeptQueue, ours: readonly string[]): Queue {
    if (zones === undefined || zones.every((zone) => ours.includes(zone))) return queue;
    return { inside: undefined, due: zones.some((zone) => ours.includes(zone)) ? queue.due : [] };
}

/** The one whose turn is next. */
export function nextDue({ due }: Queue): Due | undefined {
    return due.reduce<Due | undefined>(
        (first, each) => (first === undefined || each.atMs < first.atMs ? each : first),
        undefined,
    );
}

/** What is due for a user after a clearing that succeeded; undefined where that was the second. */
export function afterSuccess({ user, outAtMs, turn }: Due, { id, login }: FoundUser): Due | undefined {
    if (turn === "second") return undefined;
    const found = { userId: id, ...(login !== undefined && { login }) };
    return { user, ...found, outAtMs, turn: "second", atMs: outAtMs + SECOND_MS, attempts: 0 };
}

/** What is due after one that failed: the same, later. */
export function afterFailure(due: Due, why: string, nowMs: number, random: number): Due {
    return { ...due, attempts: due.attempts + 1, why, atMs: nowMs + waitMs(due.attempts, random) };
}

/** 5 s, 10 s, 20 s … at most 5 min, and up to a quarter more. @param failures so far, 0 for the first one */
export function waitMs(failures: number, random: number): number {
    return backoffMs(failures + 1, { firstMs: FIRST_WAIT_MS, longestMs: LONGEST_WAIT_MS }, random);
}

/** The queue with what is due for a user now; without them where nothing is. */
export function withDue(queue: Queue, user: string, due: Due | undefined): Queue {
    const others = queue.due.filter((each) => userKey(each.user) !== userKey(user));
    return { ...queue, due: due === undefined ? others : [...others, due] };
}

/** Whether a user is inside, whichever name a grant has for them: the id, the login, or the login's short name. */
export function isInside({ inside = [] }: Queue, { id, login }: FoundUser): boolean {
    const names = namesOf({ id, login });
    return inside.some((each) => names.includes(userKey(each)));
}

/** The users in the spelling that comes first: an id or a login may be written in several ways. */
function distinct(users: Iterable<string>): readonly string[] {
    const byKey = new Map<string, string>();
    for (const user of users) if (!byKey.has(userKey(user))) byKey.set(userKey(user), user);
    return [...byKey.values()];
}
