import type { Clock } from "../../clock";
import { hasCode, isCoded } from "../../core/errors/errors";
import type { Holder } from "../../core/group/keptUsers";
import { type NamedUser, namedUser, type OktaUser } from "../../core/group/users";
import { isMissing } from "../../okta/exchange/refused";
import type { GroupStore } from "../../okta/groups";
import { pauseMs } from "./memberWrites";

type Store = Pick<GroupStore, "findUser">;

/** What is known of a name. */
export interface Entry {
    /** Okta's answer. */
    readonly answer: NamedUser;
    /** What Okta says of the user that is remembered, where the answer is about another one. */
    readonly holder: Holder;
    /** When to look it up again; Infinity for a user that Okta found. */
    readonly againAtMs: number;
    readonly failures: number;
}

/** A user who is unknown to Okta, or suspended, is looked up again after this time. */
const REFUSED_FOR_MS = 60_000;

/** Okta's answer about a name; undefined if the signal aborts. @throws an error without a code */
export async function answerOn(
    key: string,
    failures: number,
    { store, clock }: { readonly store: Store; readonly clock: Clock },
    signal: AbortSignal,
): Promise<Entry | undefined> {
    try {
        return entryOf(key, await store.findUser(key, signal), clock.now());
    } catch (error) {
        if (signal.aborted) return undefined;
        if (!isCoded(error)) throw error;
        const isNobody = isMissing(error) || hasCode(error, "bad-input");
        const answer: NamedUser = isNobody
            ? { state: "refused", why: `Okta has no user ${key}` }
            : { state: "asked", why: error.message };
        const waitMs = isNobody ? REFUSED_FOR_MS * (1 + clock.random() / 4) : pauseMs(failures, clock);
        return { answer, holder: "there", againAtMs: clock.now() + waitMs, failures };
    }
}

/**
 * What Okta says of the user that is remembered, where its answer on the name is about another one or nobody. A credential
 * may not see each user: one whom the group has as a member is there.
 *
 * @returns undefined if the signal aborts
 */
export async function holderOf(
    id: string,
    answer: NamedUser,
    { store, members }: { readonly store: Store; readonly members: ReadonlySet<string> | undefined },
    signal: AbortSignal,
): Promise<Holder | undefined> {
    try {
        const user = await store.findUser(id, signal);
        if (namedUser(id, user).state === "found") return "there";
        return user.status === "DEPROVISIONED" && answer.id !== undefined ? "gone" : "out";
    } catch (error) {
        if (signal.aborted) return undefined;
        if (!isCoded(error)) throw error;
        return isMissing(error) && members !== undefined && !members.has(id) ? "gone" : "there";
    }
}

export function entryOf(key: string, user: OktaUser, nowMs: number): Entry {
    const answer = namedUser(key, user);
    const againAtMs = answer.state === "found" ? Infinity : nowMs + REFUSED_FOR_MS;
    return { answer, holder: "there", againAtMs, failures: 0 };
}
