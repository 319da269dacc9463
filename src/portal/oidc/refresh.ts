import * as client from "openid-client";

import { RENEWAL_MS } from "../../core/portal/renewal";
import type { LoginSettings } from "../../core/portal/settings/portalSettings";
import { readAnswer, type SignedIn, unreachable } from "./answer";
import type { RotatedTokens, Rotation } from "./rotated";

/** An answer of which nothing counts but what became of the refresh token: the provider may have replaced the one that was sent. */
export interface Unbelieved {
    readonly rotation: Exclude<Rotation, "kept">;
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
        return noting(async (rotationOf) => {
            try {
                return await readAnswer(config, login, await client.refreshTokenGrant(config, refreshToken), sub);
            } catch (error) {
                // Any other error is for us or the provider to correct, and ends no person's sign-in.
                const { error: code } = error as { readonly error?: unknown };
                if (REFUSALS.includes(String(code))) return undefined;
                const rotation = rotationOf();
                if (rotation === "kept") return unreachable(error);
                return { rotation, problem: problemIn(() => unreachable(error)) };
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
 * A refresh token is sent once: calls with the same token get the same answer, for as long as a process may take to write it. Where the
 * store is away meanwhile, the answer is there for the next try. What could not be asked, or whose answer did not come, is asked again.
 */
export function onceEach(now: () => number, ask: Refresh): Refresh {
    const answers = new Map<string, { readonly answer: ReturnType<Refresh>; readonly atMs: number }>();
    return (refreshToken, sub) => {
        for (const [token, { atMs }] of answers) if (now() - atMs > RENEWAL_MS) answers.delete(token);
        const key = JSON.stringify([sub, refreshToken]);
        const known = answers.get(key);
        if (known !== undefined) return known.answer;
        const answer = ask(refreshToken, sub);
        answers.set(key, { answer, atMs: now() });
        const forget = () => answers.delete(key);
        answer.then((found) => isLost(found) && forget(), forget);
        return answer;
    };
}

function isLost(found: SignedIn | Unbelieved | undefined): boolean {
    return found !== undefined && "problem" in found && found.rotation === "lost";
}
