import type { Clock } from "../clock";
import { fullPace, type Pace, type Purpose, paceWaitMs, perMinuteOf, spend } from "../core/pace";
import type { RateLimit } from "../okta/http";

/** How many requests the agent may make of Okta: its share of the limit, and never the org's last ones. */
export interface Budget {
    /** The fetch to use for requests that count. */
    readonly fetch: typeof globalThis.fetch;
    /** How long a request for this purpose has to wait, in milliseconds; 0 for now. */
    waitMs(purpose: Purpose): number;
    /** How many requests the agent may make in any minute, as far as it knows. */
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

/** Until Okta has told its limit: the least that was ever recorded for a token. */
const ASSUMED_LIMIT = 50;

/** Of the org's limit, in percent: when no more than this is left over by others, it is for writes only. */
const SCARCE_PERCENT = 10;

export function openBudget({ fetch, clock, sharePercent, rateLimit }: BudgetOptions): Budget {
    const perMinute = () => perMinuteOf(rateLimit()?.limit || ASSUMED_LIMIT, sharePercent);
    const assumed = perMinuteOf(ASSUMED_LIMIT, sharePercent);
    let pace: Pace = fullPace(assumed, clock.elapsedMs());
    let isAssumed = true;

    /** A purse that was too small by a guess gets what it lacked, once: a limit that wavers later must not fill it. */
    function learn(): void {
        if (!isAssumed || !rateLimit()?.limit) return;
        isAssumed = false;
        pace = { ...pace, tokens: pace.tokens + Math.max(0, perMinute() - assumed) / 2 };
    }

    return {
        perMinute,
        fetch(input, init) {
            learn();
            pace = spend(pace, perMinute(), clock.elapsedMs());
            return fetch(input, init);
        },
        waitMs(purpose) {
            const elapsedMs = clock.elapsedMs();
            learn();
            const ownMs = paceWaitMs(pace, perMinute(), elapsedMs, purpose);
            // Whole ones: a sleep of a part of one may end before the time has passed.
            return Math.ceil(Math.max(ownMs, windowWaitMs(rateLimit(), purpose, elapsedMs)));
        },
    };
}

/** Until the window ends, where what is left of it is not for us. A limit of 0 is Okta's word for too many at once. */
function windowWaitMs(rate: RateLimit | undefined, purpose: Purpose, elapsedMs: number): number {
    if (rate === undefined || elapsedMs >= rate.endsAtMs) return 0;
    const least = purpose === "look" ? (rate.limit * SCARCE_PERCENT) / 100 : 0;
    return rate.remaining > least ? 0 : rate.endsAtMs - elapsedMs;
}
