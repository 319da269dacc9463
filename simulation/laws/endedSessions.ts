import { SECOND_MS } from "../../src/agent/sessions/queue";
import type { Bounds } from "../bounds";
import { EPOCH_MS } from "../epoch";
import type { Facts } from "../facts";
import type { Term } from "../trace";
import { loginOf } from "../users";
import { endings, isKnown, receipts } from "./sessionFacts";

/**
 * Whose last grant ends, as the leading process knows it, has their sessions ended once they are out, and once more when
 * Okta has spread that, each with a receipt, where nothing was wrong:
 *
 *   had a grant all the while before, has none since    ended within `applyMs` (or `starvedMs`) and `clearMs`
 *   still has none 75 s later                           ended again within as much after that
 */
export function endsSessionsInTime(facts: Facts, bounds: Bounds): string[] {
    const { history, terms } = facts.trace;
    if (history.onRevoke === "keep-sessions" || history.maxRemovals !== undefined) return [];
    return terms.flatMap((term) =>
        endsOf(facts, bounds, term).flatMap(({ user, atMs }) => {
            const waitMs = bounds.starvedMs + bounds.clearMs;
            return [
                { fromMs: atMs, toMs: atMs + waitMs },
                { fromMs: atMs + SECOND_MS, toMs: atMs + SECOND_MS + waitMs },
            ].flatMap(({ fromMs, toMs }) => {
                if (
                    toMs >= Math.min(term.toMs, history.endsAtMs) ||
                    facts.users(term.process, atMs, toMs).may.has(user)
                )
                    return [];
                if (!isFine(facts, bounds, atMs - bounds.recoverMs, toMs)) return [];
                const isIn = (ms: number) => fromMs <= ms && ms <= toMs;
                const isDone = endings(facts, user).some(({ executedAtMs = 0 }) => isIn(executedAtMs));
                const told = receipts(facts, term.process, user).some((ms) => isIn(ms));
                return isDone && told ? [] : [`the sessions of ${user} are not ended from ${fromMs} to ${toMs} ms`];
            });
        }),
    );
}

/**
 * Whatever was wrong: at the end, everybody whom the agent that leads then ever let in, and who has had no grant for long
 * enough, has had their sessions ended twice since, with receipts.
 */
export function endsAllSessions(facts: Facts, bounds: Bounds): string[] {
    const { history, terms } = facts.trace;
    const [endMs, leader] = [history.endsAtMs, terms.find(({ toMs }) => toMs >= history.endsAtMs)];
    const mostMs = bounds.recoverMs + bounds.starvedMs + SECOND_MS + bounds.clearAgainMs + bounds.clearMs;
    if (history.onRevoke === "keep-sessions" || leader === undefined) return [];
    if (leader.fromMs > endMs - mostMs || !facts.isCalm(endMs - mostMs, endMs)) return [];
    if (facts.holdsIn(leader.process, endMs - mostMs, endMs).length > 0) return [];
    const { agent } = facts.lifeOf(leader.process);
    const granted = new Set([
        ...facts.users(leader.process, endMs - mostMs, endMs).may,
        ...lastingUsers(facts, leader.process, endMs - mostMs),
    ]);
    return [...cameIn(facts, agent)].flatMap(([user, inMs]) => {
        if (granted.has(user) || !isKnown(user)) return [];
        const real = endings(facts, user).flatMap(({ status, executedAtMs = 0 }) =>
            status === 204 ? executedAtMs : [],
        );
        const isEnded = [receipts(facts, leader.process, user), real].every(
            (all) => all.filter((ms) => ms > inMs).length > 1,
        );
        return isEnded ? [] : [`the sessions of ${user} go on, who was let in at ${inMs} ms`];
    });
}

/** The users of grants that became unusable, and that would be active at this moment or after it: their last usable form counts. */
function lastingUsers(facts: Facts, process: number, ms: number): readonly string[] {
    const { runs, lessons } = facts.knowledge(process);
    const clockMs = facts.clockOf(process, ms);
    return runs.flatMap(({ id, user, toMs, endsAtMs }) => {
        const isLasting = lessons.some(({ atMs, unusable }) => atMs >= toMs && unusable.includes(id));
        return isLasting && endsAtMs > clockMs && user !== undefined ? [loginOf(user)] : [];
    });
}

/** When Okta carried out an agent's write that let a user in, the last one. */
function cameIn(facts: Facts, agent: number): ReadonlyMap<string, number> {
    const came = new Map<string, number>();
    for (const { atMs, process, event } of facts.trace.ledgers[agent]?.lines ?? []) {
        if (event.type !== "write.intended") continue;
        const doneMs = doneAt(facts, process, event.zone, atMs);
        for (const { change, grants } of event.changes) {
            if (change !== "add" || doneMs === undefined) continue;
            for (const { user } of grants) if (user !== undefined) came.set(loginOf(user), doneMs);
        }
    }
    return came;
}

/** When Okta carried out the write that was announced; undefined where it did not. */
function doneAt({ trace }: Facts, process: number, announced: string, atMs: number): number | undefined {
    const put = trace.requests.find(
        ({ method, process: by, zone, sentAtMs }) =>
            method === "PUT" && by === process && zone === announced && sentAtMs >= atMs,
    );
    const executedAtMs = put?.executedAtMs ?? Infinity;
    // The emulator counts from 1970, so that the last digits of a moment are not the same.
    const isDone = trace.states.some(({ zone, atMs }) => zone === announced && Math.abs(atMs - executedAtMs) < 1);
    // What Okta carries out after it was given up is like a foreign write, and is undone.
    return isDone && put?.fault !== "late" ? executedAtMs : undefined;
}

/** Whose grants end in a term, and when: they had one for long enough before, so that the zones were as they should be. */
function endsOf(facts: Facts, { starvedMs }: Bounds, { process, fromMs, toMs }: Term) {
    const lessons = facts.trace.lessons.filter((lesson) => lesson.process === process);
    const shift = facts.clockOf(process, toMs === Infinity ? facts.trace.history.endsAtMs : toMs) - EPOCH_MS;
    const offsetMs = shift - (toMs === Infinity ? facts.trace.history.endsAtMs : toMs);
    const ends = lessons.flatMap(({ grants }) => grants.flatMap(({ expiresAtMs }) => expiresAtMs ?? []));
    const moments = [...lessons.map(({ atMs }) => atMs), ...ends.map((ms) => ms - EPOCH_MS - offsetMs)];
    return [...new Set(moments)]
        .filter((ms) => fromMs + starvedMs < ms && ms < toMs)
        .flatMap((atMs) => {
            const { must } = facts.users(process, atMs - starvedMs, atMs - 1);
            const { may } = facts.users(process, atMs, atMs);
            return [...must].filter((user) => !may.has(user) && isKnown(user)).map((user) => ({ user, atMs }));
        });
}

/** Nothing was wrong, and no sessions wait for another try. */
function isFine(facts: Facts, { clearAgainMs }: Bounds, fromMs: number, toMs: number): boolean {
    const hasFailed = facts.trace.requests.some(
        ({ user, status = 0, sentAtMs }) =>
            user !== undefined &&
            (status < 200 || status > 299) &&
            fromMs - clearAgainMs <= sentAtMs &&
            sentAtMs <= toMs,
    );
    return !hasFailed && facts.isCalm(fromMs, toMs);
}
