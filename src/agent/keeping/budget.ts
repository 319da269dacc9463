import type { Clock } from "../../clock";
import { fullPace, type Pace, type Purpose, paceAt, paceWaitMs, perMinuteOf, spend } from "../../core/pace";
import type { RateLimit } from "../../okta/http";

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
    readonly clock: Pick<Clock, "now">;
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
    let pace: Pace = fullPace(assumed, clock.now());
    let isAssumed = true;
    let told: { readonly rate: RateLimit | undefined; readonly atMs: number } = { rate: undefined, atMs: -Infinity };

    /** What was told before the clock was set back ends at a moment that says nothing any more. */
    function window(nowMs: number): RateLimit | undefined {
        const rate = rateLimit();
        if (rate !== told.rate) told = { rate, atMs: nowMs };
        return nowMs < told.atMs ? undefined : rate;
    }

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
            pace = spend(pace, perMinute(), clock.now());
            return fetch(input, init);
        },
        waitMs(purpose) {
            const nowMs = clock.now();
            learn();
            // Kept, so that a clock that was set back does not stop the purse from filling until it has caught up.
            pace = paceAt(pace, perMinute(), nowMs);
            return Math.max(paceWaitMs(pace, perMinute(), nowMs, purpose), windowWaitMs(window(nowMs), purpose, nowMs));
        },
    };
}

/** Until the window ends, where what is left of it is not for us. A limit of 0 is Okta's word for too many at once. */
function windowWaitMs(rate: RateLimit | undefined, purpose: Purpose, nowMs: number): number {
    if (rate === undefined || nowMs >= rate.endsAtMs) return 0;
    const least = purpose === "look" ? (rate.limit * SCARCE_PERCENT) / 100 : 0;
    return rate.remaining > least ? 0 : rate.endsAtMs - nowMs;
}
