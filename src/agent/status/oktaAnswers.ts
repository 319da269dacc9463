import type { Clock } from "../../clock";
import { sentenceOf } from "../../core/errors/codes";
import { isCoded } from "../../core/errors/errors";
import type { MembershipAnswer } from "../../core/why/whyOfSeveral";

/** Asks Okta why somebody is in or not, besides what the agent knows. @param membership Of this one only. @default all */
export type AskOkta = (
    subject: string,
    membership: string | undefined,
    signal: AbortSignal,
) => Promise<readonly MembershipAnswer[]>;

/** What came of it: the answers, or why there are none, in a sentence. */
export type FromOkta =
    | { readonly answers: readonly MembershipAnswer[]; readonly problem?: never }
    | { readonly problem: string; readonly answers?: never };

/** A person waits for the answer. */
const PATIENCE_MS = 10_000;
/** The page asks again whenever something happens: the same question costs Okta's rate limit once a minute. */
const KEPT_MS = 60_000;
const MOST_KEPT = 50;

/**
 * Answers questions with what Okta says: one question at a time, each answer kept for a minute, each within ten seconds.
 * While one is asked, another one is told so, rather than wait.
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
