import type { Change, PortalState } from "../../core/portal/state";
import { type Caller, callerKey } from "../callers";
import type { PortalContext } from "../context";
import { asError, refuse } from "../problem";
import { hashOf } from "../sessions";

export interface Answer {
    readonly status: number;
    readonly body: unknown;
}

/** An answer is given again for so long. */
const KEPT_MS = 86_400_000;

/** A request that is carried out once, however often it comes. */
export interface Once {
    /** Of the caller and their `Idempotency-Key`: callers never share a key. Undefined where they sent none. */
    readonly key: string | undefined;
    /** What was asked, and of what: a key is for one request. */
    readonly asked: unknown;
    /** The session by which a person asks; undefined for a workload. */
    readonly session: string | undefined;
}

export function onceOf(caller: Caller, idempotencyKey: string | undefined, asked: unknown): Once {
    const key = idempotencyKey === undefined ? undefined : `${callerKey(caller)} ${idempotencyKey}`;
    return { key, asked, session: sessionOf(caller) };
}

function sessionOf(caller: Caller): string | undefined {
    return caller.kind === "person" ? caller.visitor.key : undefined;
}

/**
 * A session may end between the moment when it is known who asks and the one when something is decided: by a logout, an admin, or the
 * provider, in this or another process.
 *
 * @throws a problem where it has ended
 */
export function requireSession({ sessions }: PortalState, session: string | undefined): void {
    if (session !== undefined && !sessions.has(session)) refuse(401, "portal-sign-in", "your session has ended");
}

/** What was decided, undefined where the same was answered before; and the answer. */
export interface Made<T> {
    readonly decided: T | undefined;
    readonly answer: Answer;
}

export interface Decided<T> {
    readonly changes: readonly Change[];
    readonly decided: T;
    readonly answer: Answer;
    /** Whether the same request gets the same answer again; one that came to nothing is tried anew. @default true */
    readonly isFinal?: boolean;
}

/**
 * Decides in one piece, once for each key.
 *
 * @throws what the work throws; a problem where the key came with another request, or the caller's session has ended
 */
export function transactOnce<T>(
    { store, now }: Pick<PortalContext, "store" | "now">,
    once: Once,
    work: (state: PortalState, nowMs: number) => Decided<T>,
): Promise<Made<T>> {
    return store.transact<Made<T>>((state) => {
        requireSession(state, once.session);
        const before = answeredBefore(state, once);
        if (before !== undefined) return { changes: [], result: { decided: undefined, answer: before } };
        const nowMs = now();
        const { changes, decided, answer, isFinal = true } = work(state, nowMs);
        const kept = isFinal ? keepAnswer(once, answer, nowMs) : [];
        return { changes: [...changes, ...kept], result: { decided, answer } };
    });
}

/** @throws a problem where the key came with another request */
export function answeredBefore(state: PortalState, { key, asked }: Once): Answer | undefined {
    const used = key === undefined ? undefined : state.used.get(rowKey(key));
    if (used?.answer === undefined) return undefined;
    if (used.hash === hashOf(JSON.stringify(asked))) return used.answer;
    throw asError({
        status: 422,
        code: "portal-repeated",
        sentence: "this Idempotency-Key came with another request before: use a new key for a new request",
    });
}

function keepAnswer({ key, asked }: Once, answer: Answer, nowMs: number): Change[] {
    if (key === undefined) return [];
    const hash = hashOf(JSON.stringify(asked));
    return [["used", rowKey(key), { untilMs: nowMs + KEPT_MS, hash, answer }]];
}

function rowKey(key: string): string {
    return `key ${hashOf(key)}`;
}
