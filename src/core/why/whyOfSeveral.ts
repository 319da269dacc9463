import { hasCode } from "../errors/errors";
import { type ViewFacts, whyOfView } from "./factsOfView";
import { type Answer, whyDocument } from "./why";

/** Why a person or an address is in, or not, by one membership. */
export interface MembershipAnswer extends Answer {
    /** Undefined where there is only one. */
    readonly membership: string | undefined;
}

/**
 * Of the answers of several memberships, the one that decides.
 *
 *   if one of them                                 then decides
 *   says that they are in                          that one
 *   knows a grant of theirs                        the first of those
 *   neither                                        the first that knows whether they are in, else the first
 */
export function decisive(answers: readonly MembershipAnswer[]): MembershipAnswer {
    const found =
        answers.find(({ inside }) => inside === true) ??
        answers.find(({ hasGrant }) => hasGrant) ??
        answers.find(({ inside }) => inside !== undefined) ??
        answers[0];
    if (found === undefined) throw new Error("there is no answer to choose from");
    return found;
}

/** The answer for programs, with a summary of each membership if there are several. */
export function severalDocument(answer: MembershipAnswer, answers: readonly MembershipAnswer[]): object {
    const { membership } = answer;
    if (membership === undefined) return whyDocument(answer);
    const each = answers.map(({ membership, inside, because, next }) => ({
        membership,
        inside: inside ?? null,
        because,
        next,
    }));
    return { membership, ...whyDocument(answer), memberships: each };
}

/**
 * Why a person or an address is in, by what an agent knows of each of its memberships.
 *
 * @param text As whyOfView takes it.
 * @throws `bad-input` if no membership can read it
 */
export function whyOfViews(
    views: readonly (ViewFacts & { readonly name: string | undefined })[],
    text: string,
    nowMs: number,
): readonly MembershipAnswer[] {
    let problem: unknown;
    const answers = views.flatMap((view) => {
        try {
            return { membership: view.name, ...whyOfView(view, text, nowMs) };
        } catch (error) {
            // A text without @ is a user only if a grant names it.
            if (!hasCode(error, "bad-input")) throw error;
            problem ??= error;
            return [];
        }
    });
    if (answers.length === 0 && problem !== undefined) throw problem;
    return answers;
}
