import { fail } from "../../core/errors/errors";
import { connectionProblem } from "../../core/outgoing/connectionProblem";
import { networkProblem } from "../../core/outgoing/networkProblem";

export interface Answered {
    readonly status: number;
    readonly body: Readonly<Record<string, unknown>>;
}

/** What came of a try: an answer, or why there is none, and whether the portal may have carried it out all the same. */
export type Tried =
    | { readonly answer: Answered }
    | { readonly why: string; readonly mayBeDone: boolean; readonly cause?: unknown };

/** Pauses between the tries, in milliseconds. */
export const PAUSES_MS = [500, 2_000, 5_000];

/** Codes of a connection that was never made. */
const UNSENT = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "UND_ERR_CONNECT_TIMEOUT"];

/** Sends a request once. An answer that is no JSON is none: a proxy gave it. */
export async function tryOnce(fetch: typeof globalThis.fetch, url: string, init: RequestInit): Promise<Tried> {
    try {
        const answer = await fetch(url, init);
        const text = await answer.text();
        return { answer: { status: answer.status, body: text === "" ? {} : (JSON.parse(text) as Answered["body"]) } };
    } catch (cause) {
        const why = problemOf(cause);
        const { code } = ((cause as Error | undefined)?.cause ?? {}) as { readonly code?: unknown };
        return { why, mayBeDone: !UNSENT.includes(String(code)), cause };
    }
}

/** What happened and what to do about it, as the end of a sentence. */
function problemOf(cause: unknown): string {
    const known = connectionProblem(cause) ?? networkProblem(cause);
    if (known !== undefined) return known.text;
    if (!(cause instanceof Error)) return String(cause);
    if (cause.name === "TimeoutError") {
        return "it did not answer in time; check the address, and that no firewall is in between";
    }
    if (cause instanceof SyntaxError)
        return "what answers there is not the portal, as it is not JSON; check the address";
    // Node's word for a redirect where none is followed.
    const isRedirect = /redirect/.test(String((cause.cause as Error | undefined)?.message));
    return isRedirect ? "it redirects, which is not followed; give the address to which it leads" : cause.message;
}

/**
 * Sends a request that carries an idempotency key again where its answer was lost.
 *
 *   the answer                                             the portal     then
 *   comes, of any status below 500, or 503 with a code     has decided    it is the answer
 *   cannot come: no connection was made at the first try   has no part    it fails
 *   is lost: a time-out, a reset, a 500 or a 502           may have       again after a pause, three times
 *
 * @param send Sends it, each time with the same key. @param what What may have happened: `the access is granted`.
 * @throws `portal-unavailable`, with a sentence that says where it is not known what has happened
 */
export async function askSurely(
    send: () => Promise<Tried>,
    sleep: (ms: number) => Promise<unknown>,
    origin: string,
    what: string,
): Promise<Answered> {
    let isLost = false;
    let last = "";
    for (const pauseMs of [...PAUSES_MS, undefined]) {
        const tried = await send().catch((cause: Error): Tried => {
            // No token can be had for another try, and an earlier one may have worked.
            if (isLost) return { why: cause.message, mayBeDone: false };
            throw cause;
        });
        if ("answer" in tried && isDecided(tried.answer)) {
            const { answer } = tried;
            return isLost && answer.status >= 400 ? withDoubt(answer, what) : answer;
        }
        if ("why" in tried && !tried.mayBeDone && !isLost) noAnswer(origin, tried.why, tried.cause);
        isLost = true;
        last = "why" in tried ? tried.why : `status ${tried.answer.status}`;
        if (pauseMs !== undefined) await sleep(pauseMs);
    }
    return fail(
        "portal-unavailable",
        `${origin} gives no usable answer (${last}), and it is not known whether ${what}: look with zonekeeper grants once it answers, and end what you do not want with zonekeeper revoke`,
    );
}

function isDecided({ status, body }: Answered): boolean {
    return status < 500 || (status === 503 && typeof body.code === "string");
}

/** A refusal of a later try does not say what became of an earlier one. */
function withDoubt({ status, body }: Answered, what: string): Answered {
    const detail = `${body.detail ?? `status ${status}`}; an earlier try had no answer: look with zonekeeper grants whether ${what}`;
    return { status, body: { ...body, detail } };
}

export function noAnswer(origin: string, why: string, cause: unknown): never {
    return fail("portal-unavailable", `${origin} gives no answer: ${why}`, { cause });
}
