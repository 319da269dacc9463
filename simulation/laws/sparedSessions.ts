import { isActive } from "../../src/core/grants/grants";
import { addressesIn, addressesOf, tellAddress } from "../addresses";
import { type Bounds, UNHEARD_MS } from "../bounds";
import { EPOCH_MS } from "../epoch";
import type { Facts } from "../facts";
import { holdingOf } from "../granted";
import { loginOf } from "../users";
import { isDeniedTo } from "./denials";

/**
 * Nobody who is inside by a grant loses a session:
 *
 *   who                                                            when
 *   has had a grant, as the process knows, and is inside by it     nothing is wrong, and no reading was held just before
 *   is inside at an address of a grant that was withdrawn,
 *   and that nobody else has                                       nothing is wrong
 *   has had a grant, and been inside by it, for long enough,       whatever is wrong with Okta and the hosts, as
 *   also as the source said it when it was last read               long as the source can be read
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
            const known = trulyInside(facts, bounds, user, settledMs, sentAtMs).map(tellAddress);
            if (known.length > 0)
                return [`${user} has long been inside at ${known}, and their sessions end at ${sentAtMs} ms`];
        }
        const announced = announcedFor(facts, process, user, sentAtMs);
        // What a held reading gives a user anew waits, and a known grant of theirs ends as it was known.
        const isLetIn = announced !== undefined && !isWaiting(facts, process, sentAtMs, sentAtMs);
        if (isLetIn && isHolding(facts, { ...announced, process, user, toMs: sentAtMs }))
            return [`${user} is let in from ${announced.fromMs} ms on, and their sessions end at ${sentAtMs} ms`];
        if (!facts.isCalm(sentAtMs - bounds.recoverMs, sentAtMs)) return [];
        const fromMs = sentAtMs - bounds.starvedMs - bounds.clearMs;
        const addresses = [...facts.insideAt(sentAtMs)].filter((each) => !facts.fixed.has(each));
        if (
            isHolding(facts, { process, user, addresses, fromMs, toMs: sentAtMs }) &&
            !isWaiting(facts, process, sentAtMs - bounds.starvedMs, sentAtMs)
        )
            return [`${user} has a grant, and their sessions are ended at ${sentAtMs} ms`];
        const still = stillInside(facts, bounds, process, user, sentAtMs).map(tellAddress);
        return still.length > 0
            ? [`${user} is still inside at ${still}, and their sessions end at ${sentAtMs} ms`]
            : [];
    });
}

/**
 * The last write before `ms` that a process announced and that lets a user in: when, and at which addresses that no announced
 * write has taken out since. A clock that is set back makes a grant active again whose end was carried out.
 */
function announcedFor({ trace, lifeOf }: Facts, process: number, user: string, ms: number) {
    const lines = trace.ledgers[lifeOf(process).agent]?.acknowledged ?? [];
    const writes = lines.flatMap(({ atMs, process: by, event }) =>
        by === process && atMs <= ms && event.type === "write.intended" ? [{ atMs, changes: event.changes }] : [],
    );
    const own = ({ changes }: (typeof writes)[number]) =>
        changes.filter(({ change, grants }) => change === "add" && grants.some((grant) => isOf(grant, user)));
    const last = writes.findLastIndex((write) => own(write).length > 0);
    const write = writes[last];
    if (write === undefined) return undefined;
    const removed = writes
        .slice(last + 1)
        .flatMap(({ changes }) => changes.filter(({ change }) => change === "remove"));
    const out = addressesOf(removed.map(({ address }) => address));
    const addresses = [...addressesOf(own(write).map(({ address }) => address))].filter((each) => !out.has(each));
    return addresses.length === 0 ? undefined : { fromMs: write.atMs, addresses };
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

/** Whether new grants of a reading wait at some moment of this time, because the removal brake holds it. */
function isWaiting(facts: Facts, process: number, fromMs: number, toMs: number): boolean {
    return facts.holdsIn(process, fromMs, toMs).some(({ why }) => why !== undefined);
}

/**
 * The addresses of a user's grants, by the source and the time of the world, that are inside at each moment of this time. A
 * grant that the agent need not have read yet counts for nothing.
 */
function trulyInside(facts: Facts, { hearMs }: Bounds, user: string, fromMs: number, toMs: number): readonly number[] {
    const { documents, states, jumps } = facts.trace;
    if (jumps.length > 0 || fromMs < 0) return [];
    const saidIn = (fromMs: number, toMs: number) =>
        documents.filter(({ atMs }, index) => atMs <= toMs && (documents[index + 1]?.atMs ?? Infinity) > fromMs);
    const said = saidIn(fromMs, toMs);
    const own = said.flatMap(({ grants }) => grants.filter((grant) => isOf(grant, user)));
    const times = own.flatMap(({ startsAtMs = 0, expiresAtMs = 0 }) => [startsAtMs - EPOCH_MS, expiresAtMs - EPOCH_MS]);
    const moments = [...times, ...said.map(({ atMs }) => atMs), ...states.map(({ atMs }) => atMs), toMs];
    const at = (ms: number) => {
        const [first, ...later] = saidIn(ms - UNHEARD_MS - hearMs, ms).map(({ grants }) => {
            const active = grants.filter((grant) => isOf(grant, user) && isActive(grant, EPOCH_MS + ms));
            return new Set(active.flatMap(({ spans }) => spans.flatMap(addressesIn)));
        });
        const inside = facts.insideAt(ms);
        return new Set([...(first ?? [])].filter((each) => inside.has(each) && later.every((said) => said.has(each))));
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

function isOf({ user }: { readonly user?: string }, login: string): boolean {
    return user !== undefined && loginOf(user) === login;
}
