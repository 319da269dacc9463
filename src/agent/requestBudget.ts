import type { Clock } from "../clock";
import { fullPace, type Pace, type Purpose, paceWaitMs, perMinuteOf, spend } from "../core/pace";
import type { RateLimit } from "../okta/exchange/rateLimit";
import { openTurns } from "./turns";

/**
 * The request budget of a membership. All memberships of an org together use a share of its rate limit, and never the last
 * requests of a window.
 */
export interface Budget {
    /** How long a request for this purpose has to wait, in milliseconds; 0 for now. */
    waitMs(purpose: Purpose): number;
    /** Whether a request may be made now; where not, this membership waits for its turn. */
    mayAsk(purpose: Purpose): boolean;
    /** The requests that the membership may make in a minute without writes, as far as is known. */
    perMinute(): number;
}

export interface BudgetOptions {
    readonly fetch: typeof globalThis.fetch;
    readonly clock: Pick<Clock, "elapsedMs">;
    /** In percent of the org's limit. */
    readonly sharePercent: number;
    /** The rate limit in Okta's latest answer. */
    readonly rateLimit: () => RateLimit | undefined;
}

/** The budget of an org. */
export interface OrgBudget {
    /** The fetch to use for requests that count. */
    readonly fetch: typeof globalThis.fetch;
    /**
     * The part of a membership, until it leaves.
     *
     * @param zones The number of its zones.
     * @param onTurn Called when a request may be made for which it has waited. @default ignored
     */
    join(member: string, zones: number, onTurn?: () => void): Budget & { leave(): void };
}

/** The limit before Okta's first answer: the lowest that was recorded for a token. */
const ASSUMED_LIMIT = 50;

/** In percent of the org's limit: when other clients leave no more than this, only writes are sent. */
const SCARCE_PERCENT = 10;

export function openOrgBudget({ fetch, clock, sharePercent, rateLimit }: BudgetOptions): OrgBudget {
    const perMinute = () => perMinuteOf(rateLimit()?.limit || ASSUMED_LIMIT, sharePercent);
    const assumed = perMinuteOf(ASSUMED_LIMIT, sharePercent);
    let pace: Pace = fullPace(assumed, clock.elapsedMs());
    let isAssumed = true;
    const turns = openTurns(clock.elapsedMs, (member, purpose) => waitMs(member, purpose) === 0);
    const parts = openParts();

    /**
     * Adds the difference between the assumed and the real limit, once: later changes of the limit do not refill the
     * bucket.
     */
    function learn(): void {
        if (!isAssumed || !rateLimit()?.limit) return;
        isAssumed = false;
        pace = { ...pace, tokens: pace.tokens + Math.max(0, perMinute() - assumed) / 2 };
    }

    function waitMs(member: string, purpose: Purpose): number {
        const elapsedMs = clock.elapsedMs();
        learn();
        const { counted, before } = turns.rank(member, purpose, elapsedMs);
        const ownMs = paceWaitMs(pace, perMinute(), elapsedMs, counted, before);
        // Whole milliseconds: a sleep of a fraction may end too early.
        return Math.ceil(Math.max(ownMs, windowWaitMs(rateLimit(), purpose, elapsedMs)));
    }

    return {
        fetch(input, init) {
            learn();
            pace = spend(pace, perMinute(), clock.elapsedMs());
            return fetch(input, init);
        },
        join(member, zones, onTurn = () => {}) {
            const part = parts.add(zones);
            const hearNoMore = turns.hear(member, onTurn);
            return {
                perMinute: () => perMinute() * part.share(),
                waitMs: (purpose) => waitMs(member, purpose),
                mayAsk(purpose) {
                    if (waitMs(member, purpose) > 0) {
                        turns.claim(member, purpose);
                        return false;
                    }
                    turns.drop(member);
                    return true;
                },
                leave() {
                    part.remove();
                    hearNoMore();
                    turns.drop(member);
                },
            };
        },
    };
}

/** The share of each membership in the zones of an org. */
function openParts() {
    const all = new Map<object, number>();
    return {
        add(zones: number) {
            const key = {};
            all.set(key, zones);
            const sum = () => [...all.values()].reduce((total, each) => total + each, 0);
            return { share: () => zones / Math.max(sum(), zones), remove: () => void all.delete(key) };
        },
    };
}

/** The budget of an org with one membership. */
export function openBudget(options: BudgetOptions): Budget & Pick<OrgBudget, "fetch"> {
    const org = openOrgBudget(options);
    return { fetch: org.fetch, ...org.join("", 1) };
}

/**
 * The time to the end of the window, if its remaining requests are reserved. Okta reports a limit of 0 for too many
 * concurrent requests.
 */
function windowWaitMs(rate: RateLimit | undefined, purpose: Purpose, elapsedMs: number): number {
    if (rate === undefined || elapsedMs >= rate.endsAtMs) return 0;
    const least = purpose === "look" ? (rate.limit * SCARCE_PERCENT) / 100 : 0;
    return rate.remaining > least ? 0 : rate.endsAtMs - elapsedMs;
}
