import type { Clock } from "../../clock";
import { sentenceOf } from "../../core/errors/codes";
import { isCoded } from "../../core/errors/errors";
import type { MembershipAnswer } from "../../core/why/whyOfSeveral";

/** Answers `why` with facts that are read from Okta. @param membership Only this one. @default all */
export type AskOkta = (
    subject: string,
    membership: string | undefined,
    signal: AbortSignal,
) => Promise<readonly MembershipAnswer[]>;

/** The answers, or a sentence on why there are none. */
export type FromOkta =
    | { readonly answers: readonly MembershipAnswer[]; readonly problem?: never }
    | { readonly problem: string; readonly answers?: never };

/** The longest time until an answer, as a person waits for it. */
const PATIENCE_MS = 10_000;
/** How long an answer is reused: the page asks again on every event, which must not use up Okta's rate limit. */
const KEPT_MS = 60_000;
const MOST_KEPT = 50;

/**
 * Answers questions with facts from Okta: one question at a time, within ten seconds; each answer is cached for a minute.
 * A question during another one is refused rather than queued.
 */
export function openOktaAnswers(ask: AskOkta | undefined, clock: Pick<Clock, "now">) {
    const kept = new Map<string, { readonly untilMs: number; readonly answer: Promise<FromOkta> }>();
    let isAsking = false;
    return async (subject: string, membership: string | undefined): Promise<FromOkta> => {
        if (ask === undefined) return { problem: "this agent cannot ask Okta for it" };
        const key = JSON.stringify([subject, membership]);
        const known = kept.get(key);
        if (known !== undefined && known.untilMs > clock.now()) return known.answer;
        if (isAsking) return { problem: "another question is being asked; try again in a few seconds" };
        isAsking = true;
        const answer = told(ask(subject, membership, AbortSignal.timeout(PATIENCE_MS))).finally(() => {
            isAsking = false;
        });
        kept.delete(key);
        kept.set(key, { untilMs: clock.now() + KEPT_MS, answer });
        for (const oldest of [...kept.keys()].slice(0, -MOST_KEPT)) kept.delete(oldest);
        return answer;
    };
}

async function told(work: Promise<readonly MembershipAnswer[]>): Promise<FromOkta> {
    try {
        return { answers: await work };
    } catch (error) {
        if ((error as Error).name === "TimeoutError")
            return { problem: `no answer of Okta within ${PATIENCE_MS / 1000} s` };
        if (!isCoded(error)) throw error;
        return { problem: sentenceOf(error) };
    }
}
