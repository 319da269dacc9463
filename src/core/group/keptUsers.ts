import { quote } from "../errors/quote";
import type { NamedUser } from "./users";

/** What Okta says of the user whom a name was found to be when a grant with it took effect. */
export type Holder =
    /** Okta has the user, or it is not known yet. */
    | "there"
    /** The user may not sign in. */
    | "out"
    /** Okta does not have the user any more, nor does the group; or has deprovisioned the user and given the name away. */
    | "gone";

export interface KeptInput {
    /** By userKey. */
    readonly key: string;
    /** Okta's answer about the name. */
    readonly answer: NamedUser;
    /** The id that is remembered with the grants in effect that have the name; undefined if none has. */
    readonly knownId: string | undefined;
    readonly holder: Holder;
}

/**
 * Who a name is, where a grant in effect remembers who it was. A login may be renamed, given to another user, or be hidden
 * from the credential: none of these ends a grant in effect, or makes it the grant of another user.
 *
 *   Okta's answer about the name       the user of before   the name is
 *   any                                is not remembered    as answered
 *   none yet                           any                  asked, with the id of before
 *   the user of before                 any                  as answered
 *   nobody, or another user            is there             kept: the user of before
 *                                      may not sign in      refused, with the id of before
 *                                      is gone              as answered
 */
export function keptUser({ key, answer, knownId, holder }: KeptInput): NamedUser {
    if (knownId === undefined) return answer;
    if (answer.state === "asked") return { ...answer, id: knownId };
    if (!isDoubted({ answer, knownId }) || holder === "gone") return answer;
    const why =
        answer.id === undefined
            ? `Okta does not find the user ${quote(key)} any more`
            : `the login ${quote(key)} belongs to another user now, ${answer.id}`;
    return { state: holder === "out" ? "refused" : "kept", id: knownId, why };
}

/** Whether Okta's answer contradicts what is remembered of a name. */
export function isDoubted({ answer, knownId }: Pick<KeptInput, "answer" | "knownId">): boolean {
    return knownId !== undefined && answer.state !== "asked" && answer.id !== knownId;
}
