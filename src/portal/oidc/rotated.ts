import { AsyncLocalStorage } from "node:async_hooks";

/**
 * What became of the refresh token that was sent, also where nothing else of the provider's answer is believed. A provider may replace it
 * with each answer, and without the new one it would seem to refuse the person at the next call.
 *
 *   the provider                                          result
 *   could not be reached                                  kept: the token is as good as it was
 *   refuses, or answers without a token                   kept
 *   answers with a token                                  the new token
 *   answers with 5xx, cuts the answer off, or is silent   lost: the token may have been replaced
 */
export type Rotation = "kept" | "lost" | { readonly token: string };

/** Notes what became of refresh tokens. */
export interface RotatedTokens {
    /** Fetches, and notes what came for the call of `noting` that it belongs to. */
    readonly fetch: typeof globalThis.fetch;
    /** @param work Is told, by the function that it gets, what came so far. */
    noting<T>(work: (rotation: () => Rotation) => Promise<T>): Promise<T>;
}

export function openRotatedTokens(fetch: typeof globalThis.fetch): RotatedTokens {
    const notes = new AsyncLocalStorage<{ rotation: Rotation }>();
    return {
        async fetch(input, init) {
            const note = notes.getStore();
            if (note === undefined || init?.method !== "POST") return fetch(input, init);
            note.rotation = "lost";
            try {
                const answer = await fetch(input, init);
                note.rotation = await rotationIn(answer);
                return answer;
            } catch (error) {
                if (isUnsent(error)) note.rotation = "kept";
                throw error;
            }
        },
        noting(work) {
            const note: { rotation: Rotation } = { rotation: "kept" };
            return notes.run(note, () => work(() => note.rotation));
        },
    };
}

async function rotationIn(answer: Response): Promise<Rotation> {
    if (answer.status >= 500) return "lost";
    if (!answer.ok) return "kept";
    try {
        const body: unknown = await answer.clone().json();
        const token = (body as { readonly refresh_token?: unknown } | null)?.refresh_token;
        return typeof token === "string" && token !== "" ? { token } : "kept";
    } catch {
        return "lost";
    }
}

/** Of errors of Node and of its fetch: no connection came about. */
const UNSENT =
    /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$|CERT|ISSUER|LEAF_SIGNATURE/;

function isUnsent(error: unknown): boolean {
    const { code, cause, errors } = (error ?? {}) as { code?: unknown; cause?: unknown; errors?: unknown };
    if (typeof code === "string" && UNSENT.test(code)) return true;
    if (Array.isArray(errors) && errors.length > 0) return errors.every(isUnsent);
    return cause !== undefined && isUnsent(cause);
}
