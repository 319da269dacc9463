import * as client from "openid-client";

import type { LoginSettings } from "../../core/portal/settings/portalSettings";
import { readAnswer, type SignedIn, unreachable } from "./answer";
import type { RotatedTokens } from "./rotated";

/** An answer of which only the new refresh token counts: the provider may have replaced the one that was sent. */
export interface Unbelieved {
    readonly refreshToken: string;
    /** Why the rest does not count, as a problem. */
    readonly problem: unknown;
}

/** Undefined where the provider refuses: the sign-in has ended there. @throws a problem where it cannot be reached */
export type Refresh = (refreshToken: string, sub: string) => Promise<SignedIn | Unbelieved | undefined>;

/** What a provider answers where the sign-in of before does not count any more. */
const REFUSALS = ["invalid_grant", "access_denied", "login_required", "interaction_required", "consent_required"];

/** Asks the provider by a refresh token. */
export function refreshing(
    reached: () => Promise<client.Configuration>,
    login: LoginSettings,
    { noting }: Pick<RotatedTokens, "noting">,
): Refresh {
    return async (refreshToken, sub) => {
        const config = await reached();
        return noting(async (rotated) => {
            try {
                return await readAnswer(config, login, await client.refreshTokenGrant(config, refreshToken), sub);
            } catch (error) {
                // Any other error is for us or the provider to correct, and ends no person's sign-in.
                const { error: code } = error as { readonly error?: unknown };
                if (REFUSALS.includes(String(code))) return undefined;
                const token = rotated();
                if (token === undefined) return unreachable(error);
                return { refreshToken: token, problem: problemIn(() => unreachable(error)) };
            }
        });
    };
}

function problemIn(refuse: () => never): unknown {
    try {
        return refuse();
    } catch (problem) {
        return problem;
    }
}

/**
 * An answer of the provider is kept for so long: its token may be good once, and several requests of a session may come
 * together.
 */
const KEPT_MS = 5_000;

/**
 * A refresh token is sent once: calls with the same token within a moment get the same answer. What could not be asked is
 * asked again.
 */
export function onceEach(now: () => number, ask: Refresh): Refresh {
    const answers = new Map<string, { readonly answer: ReturnType<Refresh>; readonly atMs: number }>();
    return (refreshToken, sub) => {
        for (const [token, { atMs }] of answers) if (now() - atMs > KEPT_MS) answers.delete(token);
        const key = JSON.stringify([sub, refreshToken]);
        const known = answers.get(key);
        if (known !== undefined) return known.answer;
        const answer = ask(refreshToken, sub);
        answers.set(key, { answer, atMs: now() });
        answer.catch(() => answers.delete(key));
        return answer;
    };
}
