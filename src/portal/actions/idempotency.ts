import type { Change, PortalState } from "../../core/portal/state";
import { asError } from "../problem";
import { hashOf } from "../sessions";

export interface Answer {
    readonly status: number;
    readonly body: unknown;
}

/** An answer is given again for so long. */
const KEPT_MS = 86_400_000;

/**
 * What was answered to the same request before.
 *
 * @param key Of the caller and their `Idempotency-Key`; undefined where they sent none.
 * @throws a problem where the key came with another body
 */
export function answeredBefore(state: PortalState, key: string | undefined, body: unknown): Answer | undefined {
    const used = key === undefined ? undefined : state.used.get(rowKey(key));
    if (used?.answer === undefined) return undefined;
    if (used.hash === hashOf(JSON.stringify(body))) return used.answer;
    throw asError({
        status: 422,
        code: "portal-repeated",
        sentence: "this Idempotency-Key came with another body before: use a new key for a new request",
    });
}

export function keepAnswer(key: string | undefined, body: unknown, answer: Answer, nowMs: number): Change[] {
    if (key === undefined) return [];
    const hash = hashOf(JSON.stringify(body));
    return [["used", rowKey(key), { untilMs: nowMs + KEPT_MS, hash, answer }]];
}

function rowKey(key: string): string {
    return `key ${hashOf(key)}`;
}
