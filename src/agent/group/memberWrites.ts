import type { Clock } from "../../clock";
import { coded, hasCode, isCoded } from "../../core/errors/errors";
import type { Grant } from "../../core/grants/grants";
import type { MemberRemoval } from "../../core/group/groupPlan";
import type { OktaUser } from "../../core/group/users";
import { backoffMs } from "../../core/time/backoff";
import { isMissing } from "../../okta/exchange/refused";
import type { GroupStore } from "../../okta/groups";
import type { RecordEvent } from "../events/events";
import { tellBy, tellFailure } from "../events/format";
import type { MemberChange } from "../events/groupEvents";

/** A member to add or to remove. */
export interface MemberWrite {
    readonly change: "add" | "remove";
    readonly user: OktaUser;
    readonly why: "granted" | MemberRemoval["why"];
    readonly confirmedBy?: string;
    /** The grants for which the user is added, or was a member. */
    readonly grants: readonly Grant[];
}

/**
 *   done     Okta has carried it out
 *   open     not known whether Okta has: the next read of the group shows it
 *   absent   Okta has no such user, or no such group: the next read shows which
 *   failed   Okta has not carried it out
 */
export interface WriteResult {
    readonly outcome: "done" | "open" | "absent" | "failed";
    readonly error?: Error;
}

export interface MemberWriterOptions {
    readonly group: string;
    readonly store: Pick<GroupStore, "add" | "remove">;
    readonly record: RecordEvent;
    readonly newId: () => string;
}

export interface MemberWriter {
    /** Makes the change, with its lines in the ledger. @throws an error without a code, which is a bug */
    write(change: MemberWrite, lost: AbortSignal): Promise<WriteResult>;
    /** Records the result of open writes, as a read of the group shows it. */
    settle(members: ReadonlySet<string>): Promise<void>;
}

/** The most grants in a line about one change. */
const MOST_NAMED = 100;

export function openMemberWriter({ group, store, record, newId }: MemberWriterOptions): MemberWriter {
    let open: readonly MemberChange[] = [];

    return {
        async write({ change, user, why, confirmedBy, grants }, lost) {
            const told = { write: newId(), group, user: user.login ?? user.id, userId: user.id, change };
            try {
                const intended = { ...told, why, ...(confirmedBy !== undefined && { confirmedBy }) };
                await record({ type: "member.intended", ...intended, grants: grants.slice(0, MOST_NAMED).map(tellBy) });
                const receipt = await store[change](group, user.id, lost);
                await record({ type: "member.accepted", ...told, ...receipt });
                return { outcome: "done" };
            } catch (cause) {
                const error = lost.aborted ? cutOff(cause) : cause;
                if (!isCoded(error)) throw error;
                const isOpen = lost.aborted || hasCode(error, "okta-unreachable");
                if (isOpen) open = [...open, told];
                // If the ledger cannot be written, the next line shows that; the result counts all the same.
                await record({ type: "member.failed", ...told, ...tellFailure(error), isOpen }).catch(() => {});
                if (isOpen) return { outcome: "open", error };
                return { outcome: isMissing(error) ? "absent" : "failed", error };
            }
        },
        async settle(members) {
            const settled = open;
            open = [];
            for (const told of settled) {
                const isDone = members.has(told.userId) === (told.change === "add");
                const outcome = isDone ? "carried-out" : "not-carried-out";
                await record({ type: "member.settled", ...told, outcome }).catch(() => {});
            }
        },
    };
}

/** The leadership was lost during a request, which fails with the reason of the signal. */
function cutOff(cause: unknown): Error {
    return isCoded(cause) ? cause : coded("okta-unreachable", "the lead was lost before Okta answered", { cause });
}

/** The wait after a number of failures, in milliseconds: 1 s, 2 s, 4 s … at most a minute, and up to a quarter more. */
export function pauseMs(failures: number, { random }: Pick<Clock, "random">): number {
    return backoffMs(failures, { firstMs: 1000, longestMs: 60_000 }, random());
}
