import { fail } from "../../core/errors/errors";
import { backoffMs } from "../../core/time/backoff";
import type { Answer } from "./answer";
import { type AttemptOptions, attempt } from "./attempt";
import type { Failure } from "./failure";
import { reasonIn } from "./refusal";
import { LOST, resetTimeMs, throttleWaitMs } from "./retry";
import { stopped } from "./stopped";

/** One request, with its retries. */
export interface Exchange {
    /** Such as `PUT /api/v1/zones/nzo1`; begins each message. */
    readonly label: string;
    /** Whether the request may be repeated if Okta may have carried out the first one. */
    readonly repeatable: boolean;
    readonly signal: AbortSignal;
    /** Sends the request once. Must not follow redirects. */
    send(signal: AbortSignal): Promise<Response>;
}

export interface ExchangeOptions extends AttemptOptions {
    readonly maxThrottleWaitMs: number;
    /** Milliseconds since some fixed moment. */
    readonly elapsedMs: () => number;
    readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
    readonly random: () => number;
    readonly onWait: (text: string) => void;
    /** Whether any answer came from this server before. */
    readonly hasAnswered: () => boolean;
}

const MAX_REPEATS = 2;
const MAX_THROTTLED_TRIES = 3;
/** No repeat begins later than this after the first attempt; a time-out alone takes most of it. */
const PATIENCE_MS = 15_000;

/**
 * Repeats a request until there is a final answer, which is any JSON
 * answer except 429 and 5xx.
 *
 *   what came                 repeated                                    then
 *   429 (not carried out)     after the wait of throttleWaitMs, 3 tries   okta-throttled
 *   connection refused        twice, backoffMs apart                      okta-unreachable
 *   connection lost, 5xx      the same, if the request is repeatable      okta-unreachable
 *   time-out                  the same, if any answer came before         okta-unreachable
 *   unknown host, bad TLS,
 *   redirect, not JSON        not                                         okta-unreachable
 *
 * @throws also the reason of the signal, if the caller aborted it
 */
export async function exchange(request: Exchange, options: ExchangeOptions): Promise<Answer> {
    const { elapsedMs, random, maxThrottleWaitMs, onWait } = options;
    const pause = async (ms: number) => {
        await options.sleep(ms, request.signal).catch((error: unknown) => {
            if (request.signal.aborted) stopped(request.label, options.where, request.signal);
            throw error;
        });
    };
    const startMs = elapsedMs();
    let [repeats, throttled, waitedMs] = [0, 0, 0];
    for (;;) {
        const { answer, failure } = await attempt((signal) => request.send(signal), request.signal, options);
        if (failure !== undefined) {
            if (request.signal.aborted) return stopped(request.label, options.where, request.signal);
            const patient = repeats < MAX_REPEATS && elapsedMs() - startMs < PATIENCE_MS;
            if (!patient || !mayRepeat(failure, request, options)) return giveUp(request, options, failure);
            repeats += 1;
            await pause(backoffMs(repeats, LOST, random()));
            continue;
        }
        if (answer.status !== 429) return answer;
        const waitMs = throttleWaitMs({ ...throttleIn(answer), attempt: throttled++, random: random() });
        waitedMs += waitMs;
        if (throttled >= MAX_THROTTLED_TRIES || waitedMs > maxThrottleWaitMs) return giveWay(request, options, answer);
        onWait(`Okta's rate limit is used up; waiting ${Math.ceil(waitMs / 1000)} s`);
        await pause(waitMs);
    }
}

function mayRepeat(
    { again, isSilence = false }: Failure,
    { repeatable }: Exchange,
    { hasAnswered }: ExchangeOptions,
): boolean {
    // Who never answered will not do so the second time either, and somebody waits for this sentence.
    if (isSilence && !hasAnswered()) return false;
    return again === "always" || (again === "if-repeatable" && repeatable);
}

function giveUp({ label, repeatable }: Exchange, { redact }: ExchangeOptions, failure: Failure): never {
    const { problem, again, cause } = failure;
    const open =
        again === "if-repeatable" && !repeatable ? "; whether Okta has carried it out only reading can tell" : "";
    fail("okta-unreachable", redact(`${label}: ${problem}${open}`), cause === undefined ? {} : { cause });
}

function throttleIn({ headers }: Answer) {
    return { reset: headers.get("x-rate-limit-reset"), date: headers.get("date") };
}

function giveWay({ label }: Exchange, { redact }: ExchangeOptions, answer: Answer): never {
    const resetMs = resetTimeMs(throttleIn(answer).reset);
    const when = resetMs === undefined ? "in a minute" : `after ${new Date(resetMs).toISOString()}`;
    fail("okta-throttled", redact(`${label}: ${reasonIn(answer)}; the rate limit is used up, try again ${when}`));
}
