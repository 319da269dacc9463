import * as client from "openid-client";

import type { LoginSettings } from "../../core/portal/settings/portalSettings";
import { refuse } from "../problem";
import { type Claims, groupsIn, isNamed } from "./claims";

export interface SignedIn {
    readonly claims: Claims;
    readonly refreshToken: string | undefined;
    readonly idToken: string | undefined;
}

/** What signs a token: never nothing, and never a secret that both sides have. */
const ALGORITHMS = /^(RS|PS|ES)(256|384|512)$|^(EdDSA|Ed25519)$/;

/**
 * The claims of the ID token, and those of userinfo where the token lacks the ones that are needed.
 *
 * @param sub Whose sign-in is renewed; undefined for a new one. The token of a renewal may be good once, so that its answer counts even
 * where userinfo cannot be read.
 */
export async function readAnswer(
    config: client.Configuration,
    login: LoginSettings,
    tokens: Tokens,
    sub?: string,
): Promise<SignedIn> {
    checkAlgorithm(tokens.id_token);
    const { issuer, userinfo_endpoint: userinfo } = config.serverMetadata();
    const claims = tokens.claims() as Claims | undefined;
    const subject = claims?.sub ?? sub ?? refuse(400, "portal-sign-in-failed", "the provider sent no ID token");
    const isWhole = claims !== undefined && areGroupsIn(claims, login) && isNamed(claims, login);
    const more =
        isWhole || userinfo === undefined
            ? {}
            : await client.fetchUserInfo(config, tokens.access_token, subject).catch((error: unknown) => {
                  if (sub === undefined) throw error;
                  return {};
              });
    return {
        claims: { ...together(claims ?? {}, more, login), iss: claims?.iss ?? issuer, sub: subject },
        refreshToken: tokens.refresh_token,
        idToken: tokens.id_token,
    };
}

function areGroupsIn(claims: Readonly<Record<string, unknown>>, { groupsClaim }: LoginSettings): boolean {
    return groupsIn(claims[groupsClaim]) !== undefined;
}

/** What userinfo says counts, where it says anything. */
function together(
    claims: Readonly<Record<string, unknown>>,
    more: Readonly<Record<string, unknown>>,
    login: LoginSettings,
): Readonly<Record<string, unknown>> {
    const told = Object.entries(more).filter(
        ([name, value]) =>
            value !== null && value !== undefined && (name !== login.groupsClaim || areGroupsIn(more, login)),
    );
    return { ...claims, ...Object.fromEntries(told) };
}

/** What is used of the token endpoint's answer. */
interface Tokens {
    readonly access_token: string;
    readonly id_token?: string | undefined;
    readonly refresh_token?: string | undefined;
    claims(): unknown;
}

/** How far the clock of the provider may be from the portal's. */
export const SKEW_S = 60;

/**
 * Refuses an ID token that was not issued just now, as its sign-in was: one clock is wrong, or the token is an old one.
 *
 * @param iat Seconds since 1970. @throws a problem
 */
export function checkIssuedNow(iat: unknown, nowMs: number): void {
    const aheadS = Math.round(Number(iat) - nowMs / 1000);
    if (Math.abs(aheadS) <= SKEW_S) return;
    const how = Number.isNaN(aheadS)
        ? "does not say when it was issued"
        : `was issued ${Math.abs(aheadS)} s ${aheadS > 0 ? "after" : "before"} the time of this portal: set both clocks`;
    refuse(400, "portal-sign-in-failed", `the sign-in is not believed: the provider's token ${how}`);
}

function checkAlgorithm(idToken: string | undefined): void {
    if (idToken === undefined) return;
    const [header = ""] = idToken.split(".");
    const { alg } = JSON.parse(Buffer.from(header, "base64url").toString()) as { readonly alg?: unknown };
    if (!ALGORITHMS.test(String(alg))) {
        refuse(400, "portal-sign-in-failed", "the provider's token is not signed with a key of its own");
    }
}

export function disbelieved(error: unknown): never {
    if (isUnreachable(error)) return unreachable(error);
    if ((error as { readonly problem?: unknown }).problem !== undefined) throw error;
    const { error: code, error_description: said } = error as {
        readonly error?: string;
        error_description?: string;
    };
    const { message, cause } = error as Error;
    const because = cause instanceof Error ? cause.message : message;
    const why = code === undefined ? because : `${code}${said === undefined ? "" : `: ${said}`}`;
    return refuse(400, "portal-sign-in-failed", `the sign-in is not believed: ${why.slice(0, 300)}`);
}

/** No answer, or an answer that says that the provider is in trouble. */
function isUnreachable(error: unknown): boolean {
    const { name, cause, status, code } = error as {
        readonly name?: string;
        readonly cause?: { readonly code?: unknown; readonly status?: unknown };
        readonly status?: number;
        readonly code?: string;
    };
    const answered = Number(status ?? (cause as { readonly status?: number } | undefined)?.status);
    if (answered >= 500 || answered === 429) return true;
    return name === "TimeoutError" || code === "OAUTH_TIMEOUT" || (name === "TypeError" && /fetch/.test(String(error)));
}

export function unreachable(error: unknown): never {
    const why = error instanceof Error ? error.message : String(error);
    return refuse(503, "portal-unavailable", `the OpenID provider cannot be used now: ${why.slice(0, 200)}`);
}
