import { SECOND_MS } from "../../src/agent/sessions/queue";
import { isActive } from "../../src/core/grants/grants";
import { addressesIn, addressesOf, tellAddress } from "../addresses";
import type { Bounds } from "../bounds";
import { EPOCH_MS } from "../epoch";
import type { Facts } from "../facts";
import { holdingOf } from "../granted";
import type { Asked, Term } from "../trace";
import { loginOf } from "../users";
import { isDeniedTo } from "./denials";

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

/**
 * Nobody who is inside by a grant loses a session:
 *
 *   who                                                            when
 *   has had a grant, as the process knows, and is inside by it     nothing is wrong
 *   is inside at an address of a grant that was withdrawn,
 *   and that nobody else has                                       nothing is wrong
 *   has had a grant, and been inside by it, for long enough        whatever is wrong with Okta and the hosts, as
 *                                                                  long as the source can be read
 *   has had a grant, as the process knows, since it announced the
 *   write that lets them in                                        whatever is wrong, while no reading is held
 */
export function sparesTheGranted(facts: Facts, bounds: Bounds): string[] {
    return facts.trace.requests.flatMap(({ method, user: id, process, sentAtMs }) => {
        if (method !== "DELETE" || id === undefined) return [];
        const user = loginOf(id);
        if (facts.trace.denials.some(({ fromMs }) => fromMs <= sentAtMs && mayConcern(facts, user))) return [];
        const settledMs = sentAtMs - bounds.recoverMs - bounds.starvedMs;
        // What a held reading says of a known grant, also of its user, does not count yet.
        const isHeld = facts.holds.some(
            (hold) => hold.why !== undefined && hold.toMs >= settledMs && hold.fromMs <= sentAtMs,
        );
        if (!isHeld && facts.isSourceCalm(settledMs - bounds.sourceRecoverMs, sentAtMs)) {
            const known = trulyInside(facts, user, settledMs, sentAtMs).map(tellAddress);
            if (known.length > 0)
                return [`${user} has long been inside at ${known}, and their sessions end at ${sentAtMs} ms`];
        }
        const announced = announcedFor(facts, process, user, sentAtMs);
        // What a held reading gives a user anew waits, and a known grant of theirs ends as it was known.
        const isLetIn = announced !== undefined && !isWaiting(facts, process, sentAtMs);
        if (isLetIn && isHolding(facts, { ...announced, process, user, toMs: sentAtMs }))
            return [`${user} is let in from ${announced.fromMs} ms on, and their sessions end at ${sentAtMs} ms`];
        if (!facts.isCalm(sentAtMs - bounds.recoverMs, sentAtMs)) return [];
        const fromMs = sentAtMs - bounds.starvedMs - bounds.clearMs;
        const addresses = [...facts.insideAt(sentAtMs)].filter((each) => !facts.fixed.has(each));
        if (
            isHolding(facts, { process, user, addresses, fromMs, toMs: sentAtMs }) &&
            !isWaiting(facts, process, sentAtMs)
        )
            return [`${user} has a grant, and their sessions are ended at ${sentAtMs} ms`];
        const still = stillInside(facts, bounds, process, user, sentAtMs).map(tellAddress);
        return still.length > 0
            ? [`${user} is still inside at ${still}, and their sessions end at ${sentAtMs} ms`]
            : [];
    });
}

/** The last write before `ms` that a process announced and that lets a user in: when, and at which addresses. */
function announcedFor({ trace, lifeOf }: Facts, process: number, user: string, ms: number) {
    const lines = trace.ledgers[lifeOf(process).agent]?.acknowledged ?? [];
    const writes = lines.flatMap(({ atMs, process: by, event }) => {
        if (by !== process || atMs > ms || event.type !== "write.intended") return [];
        const own = event.changes.filter(
            ({ change, grants }) => change === "add" && grants.some((grant) => isOf(grant, user)),
        );
        const addresses = [...addressesOf(own.map(({ address }) => address))];
        return addresses.length === 0 ? [] : [{ fromMs: atMs, addresses }];
    });
    return writes.at(-1);
}

/** Whether some denial is of this user, or of a grant or an address that the user ever had. */
function mayConcern({ trace }: Facts, user: string): boolean {
    const own = trace.documents.flatMap(({ grants }) => grants.filter((grant) => isOf(grant, user)));
    return own.some(({ id, user: name, spans }) =>
        trace.denials.some((given) =>
            spans.flatMap(addressesIn).some((address) => isDeniedTo(given, { id, user: name }, address)),
        ),
    );
}

interface Holding {
    readonly process: number;
    readonly user: string;
    readonly addresses: readonly number[];
    readonly fromMs: number;
    readonly toMs: number;
}

/** Whether a user has had one of these addresses all this time, as far as the process knows. */
function isHolding(facts: Facts, { process, user, addresses, fromMs, toMs }: Holding): boolean {
    const { must } = facts.holdings(process, fromMs, toMs);
    return addresses.some((address) => must.has(holdingOf(user, address)));
}

/** Whether new grants of a reading wait, because the removal brake holds it. */
function isWaiting(facts: Facts, process: number, ms: number): boolean {
    return facts.holdsIn(process, ms, ms).some(({ why }) => why !== undefined);
}

/** The addresses of a user's grants, by the source and the time of the world, that are inside at each moment of this time. */
function trulyInside(facts: Facts, user: string, fromMs: number, toMs: number): readonly number[] {
    const { documents, states, jumps } = facts.trace;
    if (jumps.length > 0 || fromMs < 0) return [];
    const said = documents.filter(
        ({ atMs }, index) => atMs <= toMs && (documents[index + 1]?.atMs ?? Infinity) > fromMs,
    );
    const own = said.flatMap(({ grants }) => grants.filter((grant) => isOf(grant, user)));
    const times = own.flatMap(({ startsAtMs = 0, expiresAtMs = 0 }) => [startsAtMs - EPOCH_MS, expiresAtMs - EPOCH_MS]);
    const moments = [...times, ...said.map(({ atMs }) => atMs), ...states.map(({ atMs }) => atMs), toMs];
    const at = (ms: number) => {
        const grants = documents.findLast(({ atMs }) => atMs <= ms)?.grants ?? [];
        const inside = facts.insideAt(ms);
        const active = grants.filter((grant) => isOf(grant, user) && isActive(grant, EPOCH_MS + ms));
        return new Set(active.flatMap(({ spans }) => spans.flatMap(addressesIn)).filter((each) => inside.has(each)));
    };
    return moments
        .filter((ms) => fromMs < ms && ms <= toMs)
        .reduce((left, ms) => (left.length === 0 ? left : left.filter((each) => at(ms).has(each))), [...at(fromMs)]);
}

/**
 * The addresses that are inside, and have been since they came in, for grants of a user that some reading had and that
 * would be active now, where nobody else has had them since.
 */
function stillInside(facts: Facts, bounds: Bounds, process: number, user: string, ms: number): readonly number[] {
    const lists = facts.trace.lessons.filter(
        (lesson) => lesson.process === process && lesson.atMs <= ms && lesson.kind !== "failed",
    );
    const inside = facts.insideAt(ms);
    const clockMs = facts.clockOf(process, ms);
    const still = new Set<number>();
    const elsewhere = new Set<number>();
    for (const { grants, atMs } of lists.reverse()) {
        for (const grant of grants) {
            if (!isOf(grant, user)) for (const address of grant.spans.flatMap(addressesIn)) elsewhere.add(address);
        }
        // What a held reading says anew does not count yet, also one of when the process stood by.
        if (isOfHeldReading(facts, bounds, process, atMs)) continue;
        for (const grant of grants.filter((grant) => isOf(grant, user) && isActive(grant, clockMs))) {
            for (const address of grant.spans.flatMap(addressesIn)) {
                const isFree = !elsewhere.has(address) && !facts.fixed.has(address);
                if (isFree && inside.has(address) && staysInside(facts, address, atMs, ms)) still.add(address);
            }
        }
    }
    return [...still];
}

function isOfHeldReading({ trace, holds, holdsIn }: Facts, { applyMs }: Bounds, process: number, ms: number): boolean {
    const term = trace.terms.find((each) => each.process === process && each.toMs > ms);
    const judgedMs = Math.max(ms, term?.fromMs ?? ms);
    const byLeader = holds.filter(({ fromMs, toMs }) => fromMs <= ms && ms <= toMs);
    return [...byLeader, ...holdsIn(process, judgedMs, judgedMs + applyMs)].some(({ why }) => why !== undefined);
}

/** Whether an address never goes out in this time, once it is in. */
function staysInside(facts: Facts, address: number, fromMs: number, toMs: number): boolean {
    const moments = facts.trace.states.map(({ atMs }) => atMs).filter((ms) => fromMs < ms && ms <= toMs);
    const inside = [fromMs, ...moments].map((ms) => facts.insideAt(ms).has(address));
    return inside.every((isIn, index) => isIn || inside[index - 1] !== true);
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

/** Nothing was wrong, and nobody waits for another try at somebody's sessions. */
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

function endings({ trace }: Facts, user: string): readonly Asked[] {
    return trace.requests.filter(
        (asked) => asked.method === "DELETE" && asked.user !== undefined && loginOf(asked.user) === user,
    );
}

/** When it was kept that somebody's sessions were ended. */
function receipts({ trace, lifeOf }: Facts, process: number, user: string): readonly number[] {
    const lines = trace.ledgers[lifeOf(process).agent]?.acknowledged ?? [];
    return lines.flatMap(({ atMs, event }) =>
        event.type === "sessions.cleared" && loginOf(event.user) === user ? atMs : [],
    );
}

function isOf({ user }: { readonly user?: string }, login: string): boolean {
    return user !== undefined && loginOf(user) === login;
}

function isKnown(user: string): boolean {
    return !user.startsWith("nobody@");
}
