import type { Clock } from "../clock";
import { hasCode } from "../core/errors/errors";
import { backoffMs } from "../core/time/backoff";
import { tellFailure, tellMoment } from "./events/format";
import type { OpenMembership } from "./openMembership";
import type { Failure } from "./reconciler/failures";

/** A membership, and its current work. */
export interface Member {
    readonly membership: OpenMembership;
    /** Aborts when the membership was removed from the configuration, or replaced. */
    readonly removed: AbortController;
    /** Its current work; undefined while there is none. */
    task: Promise<void> | undefined;
    /** Why it is paused. */
    failure: Failure | undefined;
}

export function newMember(membership: OpenMembership): Member {
    return { membership, removed: new AbortController(), task: undefined, failure: undefined };
}

export type Work = (member: Member, end: AbortSignal) => Promise<void>;

/** Runs the same work for each member, independently. */
export interface MemberWork {
    /**
     * Runs the work of each member until `end` aborts, also of members that are added meanwhile.
     *
     * @param members Those of now.
     * @throws the first error, after the others were stopped
     */
    during(end: AbortSignal, members: () => readonly Member[], work: Work): Promise<void>;
    /** Starts the current work for a new member, if there is any. */
    begin(member: Member): void;
}

export function openMemberWork(): MemberWork {
    let begin: ((member: Member) => void) | undefined;
    return {
        begin: (member) => begin?.(member),
        async during(end, members, work) {
            const failed = new AbortController();
            let failure: { readonly error: unknown } | undefined;
            const start = (member: Member): void => {
                if (member.task !== undefined) return;
                const signal = AbortSignal.any([end, failed.signal, member.removed.signal]);
                member.task = work(member, signal)
                    .catch((error: unknown) => {
                        failure ??= { error };
                        failed.abort();
                    })
                    .finally(() => {
                        member.task = undefined;
                    });
            };
            begin = start;
            const first = members();
            for (const member of first) start(member);
            await aborted(AbortSignal.any([end, failed.signal]));
            if (begin === start) begin = undefined;
            await Promise.all([...first, ...members()].map(({ task }) => task));
            if (failure !== undefined) throw failure.error;
        },
    };
}

/** The shortest and the longest pause before a failed membership is restarted. */
const PAUSES = { firstMs: 1000, longestMs: 60_000 };

export interface RestartOptions {
    readonly clock: Clock;
    /** Whether there is only one membership: then the work ends with its first failure. */
    readonly isOnly: () => boolean;
    readonly onFailed: (membership: string, failure: Failure) => void;
}

/**
 * Restarts failed work after a pause.
 *
 * @throws `ledger-unwritable`, for which the leadership is given up; every failure of an only membership
 */
export function withRestarts({ clock, isOnly, onFailed }: RestartOptions, work: Work): Work {
    return async (member, end) => {
        let told: string | undefined;
        for (let failures = 0; !end.aborted; failures++) {
            try {
                await work(member, end);
                member.failure = undefined;
                return;
            } catch (error) {
                if (isOnly() || hasCode(error, "ledger-unwritable")) throw error;
                const { code, why: message } = tellFailure(error);
                member.failure = { code, message, at: tellMoment(clock.now()) };
                // A repeated failure is not reported; its message may differ in the id of a request.
                if (code !== told) onFailed(member.membership.settings.name, member.failure);
                told = code;
            }
            const pauseMs = backoffMs(failures + 1, PAUSES, clock.random());
            await clock.sleep(pauseMs, end).catch(() => {});
        }
    };
}

function aborted(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
