import type { Clock } from "./clock";
import { codeNamed } from "./core/errors/codes";
import { isCoded, isTransient } from "./core/errors/errors";
import { afterClocks, afterNoDate, afterOktaDate, startTime, type TimeReading, timeAt } from "./core/time/checkedTime";
import { departureText } from "./core/time/departureText";
import { oktaDateIn } from "./core/time/oktaDate";
import { stopped } from "./okta/exchange/stopped";
import type { ZoneStore } from "./okta/zones/zones";

/** A clock whose `now` is checked against elapsed time and against the `Date` of Okta's answers. */
export interface CheckedClock extends Clock {
    /** The same fetch, for requests to Okta: the `Date` of each answer is taken into account. */
    hearing(fetch: typeof globalThis.fetch): typeof globalThis.fetch;
    /** The time now, and how much it can be relied on. */
    reading(): TimeReading;
    /**
     * To be called before a decision. Requests Okta's time, up to four times, unless the time is settled. If no
     * answer has a usable `Date`, elapsed time is used from then on.
     *
     * @param ask Makes any request to Okta through the fetch of `hearing`.
     * @throws what `ask` throws if Okta cannot be reached; the reason of the signal
     */
    settle(ask: (signal: AbortSignal) => Promise<unknown>, signal: AbortSignal): Promise<void>;
}

const MOST_QUESTIONS = 4;

/** Long enough for the next `Date` to differ from the previous one. */
const BETWEEN_QUESTIONS_MS = 1500;

export function openCheckedClock(clock: Clock): CheckedClock {
    const clocks = () => ({ wallMs: clock.now(), elapsedMs: clock.elapsedMs() });
    let time = startTime(clocks());

    function reading(): TimeReading {
        const now = clocks();
        time = afterClocks(time, now);
        return timeAt(time, now);
    }

    async function question(ask: (signal: AbortSignal) => Promise<unknown>, signal: AbortSignal): Promise<void> {
        try {
            await ask(signal);
        } catch (error) {
            // A refusal is an answer, and has a Date as well.
            if (!isCoded(error) || (isTransient(error) && !reading().isSettled)) throw error;
        }
    }

    async function pause(signal: AbortSignal): Promise<void> {
        await clock.sleep(BETWEEN_QUESTIONS_MS, signal).catch((error: unknown) => {
            if (signal.aborted) stopped("asking for the time", "Okta", signal);
            throw error;
        });
    }

    return {
        now: () => reading().nowMs,
        elapsedMs: clock.elapsedMs,
        sleep: clock.sleep,
        random: clock.random,
        reading,
        hearing: (fetch) => async (input, init) => {
            const sentAtMs = clock.elapsedMs();
            const response = await fetch(input, init);
            const { status, headers } = response;
            const dateMs = oktaDateIn({ status, header: (name) => headers.get(name) });
            if (dateMs !== undefined) {
                const now = clocks();
                time = afterOktaDate(time, { dateMs, sentAtMs, receivedAtMs: now.elapsedMs }, now);
            }
            return response;
        },
        async settle(ask, signal) {
            for (let asked = 0; asked < MOST_QUESTIONS && !reading().isSettled; asked++) {
                if (time.disputed !== undefined) await pause(signal);
                await question(ask, signal);
            }
            if (!reading().isSettled) time = afterNoDate(time, clocks());
        },
    };
}

/**
 * A zone store whose reads also settle the time, so that a decision can follow.
 *
 * @param onDeparture Receives, once, a sentence with a code that the wall clock is not used.
 */
export function zonesInTime<Z extends ZoneStore>(zones: Z, time: CheckedClock, onDeparture: (text: string) => void): Z {
    let isTold = false;
    function tell(): void {
        const { departure } = time.reading();
        if (departure === undefined || isTold) return;
        isTold = true;
        onDeparture(`${departureText(departure)} [${codeNamed("clock-departed").code}]`);
    }
    return {
        ...zones,
        async read(id, signal) {
            let zone = await zones.read(id, signal);
            const again = async (signal: AbortSignal) => {
                zone = await zones.read(id, signal);
            };
            await time.settle(again, signal);
            tell();
            return zone;
        },
    };
}
