import { AsyncLocalStorage } from "node:async_hooks";

/**
 * Notes the refresh token that a provider answers with, also where nothing else of its answer is believed: the one that was sent may be
 * good no more, and without the new one the provider would seem to refuse the person at the next call.
 */
export interface RotatedTokens {
    /** Fetches, and notes the token for the call of `noting` that it belongs to. */
    readonly fetch: typeof globalThis.fetch;
    /** @param work Is told, by the function that it gets, which token came so far. */
    noting<T>(work: (rotated: () => string | undefined) => Promise<T>): Promise<T>;
}

export function openRotatedTokens(fetch: typeof globalThis.fetch): RotatedTokens {
    const notes = new AsyncLocalStorage<{ token?: string }>();
    return {
        async fetch(input, init) {
            const answer = await fetch(input, init);
            const note = notes.getStore();
            if (note !== undefined && init?.method === "POST" && answer.ok) {
                const body: unknown = await answer
                    .clone()
                    .json()
                    .catch(() => undefined);
                const token = (body as { readonly refresh_token?: unknown } | null | undefined)?.refresh_token;
                if (typeof token === "string" && token !== "") note.token = token;
            }
            return answer;
        },
        noting(work) {
            const note: { token?: string } = {};
            return notes.run(note, () => work(() => note.token));
        },
    };
}
