import type { Clock } from "../clock";
import { hasCode } from "../core/errors/errors";
import { backoffMs } from "../core/time/backoff";
import { tellFailure, tellMoment } from "./events/format";
import type { OpenMembership } from "./openMembership";
import type { Failure } from "./reconciler/failures";

/** A membership, and what it does now. */
export interface Member {
    readonly membership: OpenMembership;
    /** The configuration has it no more, or otherwise. */
    readonly removed: AbortController;
    /** What it does now; undefined while it does nothing. */
    task: Promise<void> | undefined;
    /** Why it cannot go on for now. */
    failure: Failure | undefined;
}

export function newMember(membership: OpenMembership): Member {
    return { membership, removed: new AbortController(), task: undefined, failure: undefined };
}

export type Work = (member: Member, end: AbortSignal) => Promise<void>;

/** Members at the same work, each by itself. */
export interface MemberWork {
    /**
     * Each of the members at its work until `end` aborts, those that begin meanwhile too.
     *
     * @param members Those of now.
     * @throws what the first of them throws, after the others have been told to end
     */
    during(end: AbortSignal, members: () => readonly Member[], work: Work): Promise<void>;
    /** Begins the work that goes on, if any does. */
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

/** The shortest and the longest wait before a membership that failed begins again. */
const PAUSES = { firstMs: 1000, longestMs: 60_000 };

export interface RestartOptions {
    readonly clock: Clock;
    /** Whether the work ends with its first failure: there is no other membership that could go on. */
    readonly isOnly: () => boolean;
    readonly onFailed: (membership: string, failure: Failure) => void;
}

/**
 * Work that begins again after a pause where it fails.
 *
 * @throws `ledger-unwritable`, as the lead is to be given back; whatever fails where it is the only one
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
                // The same failure again is no news: its message may differ by the id of a request.
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
