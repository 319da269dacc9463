import type { Clock } from "../clock";
import { fullPace, type Pace, type Purpose, paceWaitMs, perMinuteOf, spend } from "../core/pace";
import type { RateLimit } from "../okta/exchange/rateLimit";
import { openTurns } from "./turns";

/**
 * How many requests a membership may make of Okta: with the others of its org their share of the limit, and never the
 * org's last ones.
 */
export interface Budget {
    /** How long a request for this purpose has to wait, in milliseconds; 0 for now. */
    waitMs(purpose: Purpose): number;
    /** Whether a request may be made now; where not, this membership waits for its turn. */
    mayAsk(purpose: Purpose): boolean;
    /** How many requests the membership may make in any minute while nothing but looks goes on, as far as is known. */
    perMinute(): number;
}

export interface BudgetOptions {
    readonly fetch: typeof globalThis.fetch;
    readonly clock: Pick<Clock, "elapsedMs">;
    /** In percent of the org's limit. */
    readonly sharePercent: number;
    /** What Okta's latest answer said. */
    readonly rateLimit: () => RateLimit | undefined;
}

/** The budget of an org. */
export interface OrgBudget {
    /** The fetch to use for requests that count. */
    readonly fetch: typeof globalThis.fetch;
    /**
     * The part of a membership, until it leaves.
     *
     * @param zones How many it looks at.
     * @param onTurn Hears that a request may be made for which it has waited. @default none
     */
    join(member: string, zones: number, onTurn?: () => void): Budget & { leave(): void };
}

/** Until Okta has told its limit: the least that was ever recorded for a token. */
const ASSUMED_LIMIT = 50;

/** Of the org's limit, in percent: when no more than this is left over by others, it is for writes only. */
const SCARCE_PERCENT = 10;

export function openOrgBudget({ fetch, clock, sharePercent, rateLimit }: BudgetOptions): OrgBudget {
    const perMinute = () => perMinuteOf(rateLimit()?.limit || ASSUMED_LIMIT, sharePercent);
    const assumed = perMinuteOf(ASSUMED_LIMIT, sharePercent);
    let pace: Pace = fullPace(assumed, clock.elapsedMs());
    let isAssumed = true;
    const turns = openTurns(clock.elapsedMs, (member, purpose) => waitMs(member, purpose) === 0);
    const parts = openParts();

    /** A budget that was too small by a guess gets what it lacked, once: a limit that wavers later must not fill it. */
    function learn(): void {
        if (!isAssumed || !rateLimit()?.limit) return;
        isAssumed = false;
        pace = { ...pace, tokens: pace.tokens + Math.max(0, perMinute() - assumed) / 2 };
    }

    function waitMs(member: string, purpose: Purpose): number {
        const elapsedMs = clock.elapsedMs();
        learn();
        const { counted, before } = turns.rank(member, purpose);
        const ownMs = paceWaitMs(pace, perMinute(), elapsedMs, counted, before);
        // Whole ones: a sleep of a part of one may end before the time has passed.
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

/** Which part of all zones of an org each membership has. */
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

/** Until the window ends, where what is left of it is not for us. A limit of 0 is Okta's word for too many at once. */
function windowWaitMs(rate: RateLimit | undefined, purpose: Purpose, elapsedMs: number): number {
    if (rate === undefined || elapsedMs >= rate.endsAtMs) return 0;
    const least = purpose === "look" ? (rate.limit * SCARCE_PERCENT) / 100 : 0;
    return rate.remaining > least ? 0 : rate.endsAtMs - elapsedMs;
}
