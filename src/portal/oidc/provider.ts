import * as client from "openid-client";

import { hasCode } from "../../core/errors/errors";
import type { LoginSettings } from "../../core/portal/settings/portalSettings";
import { isLoopbackUrl } from "../../core/portal/settings/urls";
import { refuse } from "../problem";
import type { Claims } from "./claims";

/** What a sign-in that has begun needs to be finished; it is kept in the browser, sealed. */
export interface Begun {
    readonly state: string;
    readonly nonce: string;
    readonly verifier: string;
    readonly redirectUri: string;
    /** Whether `offline_access` was asked for although the settings do not name it. */
    readonly isOfflineAdded?: boolean;
}

export interface SignedIn {
    readonly claims: Claims;
    readonly refreshToken: string | undefined;
    readonly idToken: string | undefined;
}

/** The OpenID provider, as a client of it. */
export interface Provider {
    /** @throws a problem where the provider cannot be reached */
    begin(redirectUri: string): Promise<{ readonly begun: Begun; readonly url: string }>;
    /**
     * @param url The whole address that the browser came back to.
     * @returns undefined where the provider refuses `offline_access` to this client: begin again, without it
     * @throws a problem where the answer is not believed
     */
    finish(begun: Begun, url: URL): Promise<SignedIn | undefined>;
    /**
     * Undefined where the provider refuses: the sign-in has ended there. @throws a problem where it cannot be reached
     */
    refresh(refreshToken: string, sub: string): Promise<SignedIn | undefined>;
    /** Where a person signs out at the provider; undefined where it has no such page. */
    logoutUrl(idToken: string | undefined, backTo: string): Promise<string | undefined>;
    /** The origins to which a sign-in and a sign-out lead, as far as they are known yet. */
    origins(): readonly string[];
    /** What a verifier of the provider's tokens needs. */
    metadata(): Promise<{ readonly issuer: string; readonly jwksUri: string | undefined }>;
}

export interface ProviderOptions {
    readonly login: LoginSettings;
    /** Read anew each time the provider is discovered. */
    readonly clientSecret: () => string | undefined;
    readonly fetch: typeof globalThis.fetch;
    readonly now: () => number;
    /** Hears that the provider refuses `offline_access` to this client. */
    readonly onNoOffline: () => void;
    /** Hears of what visitors are not told. */
    readonly report: (error: unknown) => void;
}

const OFFLINE = "offline_access";

/** How a provider says that a client may not have a scope, or the refresh tokens that come with it. */
const SCOPE_REFUSALS = ["invalid_scope", "unauthorized_client"];

/** A provider is asked anew after so long, as its addresses may change; keys are looked up when a new one appears. */
const DISCOVERY_MS = 3_600_000;

/** What a provider answers where the sign-in of before does not count any more. */
const REFUSALS = ["invalid_grant", "access_denied", "login_required", "interaction_required", "consent_required"];

const TIMEOUT_S = 10;
const SKEW_S = 60;

/** What signs a token: never nothing, and never a secret that both sides have. */
const ALGORITHMS = /^(RS|PS|ES)(256|384|512)$|^(EdDSA|Ed25519)$/;

export function openProvider(options: ProviderOptions): Provider {
    const { login, now, onNoOffline } = options;
    const { configuration, origins } = openDiscovery(options);
    const reached = (config: Promise<client.Configuration>) => reachedOr(config, options.report);
    let refusedAtMs = -Infinity;
    return {
        async begin(redirectUri) {
            const config = await reached(configuration());
            const { scopes_supported: supported = [] } = config.serverMetadata();
            const isRefused = now() - refusedAtMs < DISCOVERY_MS;
            const isOfflineAdded = login.isOfflineAdded && supported.includes(OFFLINE) && !isRefused;
            const scopes = [...login.scopes, ...(isOfflineAdded ? [OFFLINE] : [])];
            const { url, ...begun } = await loginUrl(config, redirectUri, scopes);
            return { begun: { ...begun, redirectUri, isOfflineAdded }, url };
        },
        async finish({ state, nonce, verifier, isOfflineAdded }, url) {
            const config = await reached(configuration());
            const checks = {
                expectedState: state,
                expectedNonce: nonce,
                pkceCodeVerifier: verifier,
                idTokenExpected: true,
            };
            try {
                return await readAnswer(config, login, await client.authorizationCodeGrant(config, url, checks));
            } catch (error) {
                const { error: code } = error as { readonly error?: unknown };
                if (isOfflineAdded !== true || !SCOPE_REFUSALS.includes(String(code))) return disbelieved(error);
                refusedAtMs = now();
                onNoOffline();
                return undefined;
            }
        },
        refresh: onceEach(options.now, async (refreshToken, sub) => {
            const config = await reached(configuration());
            try {
                return await readAnswer(config, login, await client.refreshTokenGrant(config, refreshToken), sub);
            } catch (error) {
                // Any other error is ours or the provider's to mend, and ends nobody's sign-in.
                const { error: code } = error as { readonly error?: unknown };
                return REFUSALS.includes(String(code)) ? undefined : unreachable(error);
            }
        }),
        async logoutUrl(idToken, backTo) {
            const config = await configuration().catch(() => undefined);
            if (config?.serverMetadata().end_session_endpoint === undefined) return undefined;
            return client.buildEndSessionUrl(config, {
                post_logout_redirect_uri: backTo,
                ...(idToken === undefined ? { client_id: login.clientId } : { id_token_hint: idToken }),
            }).href;
        },
        origins,
        async metadata() {
            const { issuer, jwks_uri: jwksUri } = (await reached(configuration())).serverMetadata();
            return { issuer, jwksUri };
        },
    };
}

/** The URL of the provider's login page, with what is needed to check its answer. */
async function loginUrl(config: client.Configuration, redirectUri: string, scopes: readonly string[]) {
    const [state, nonce] = [client.randomState(), client.randomNonce()];
    const verifier = client.randomPKCECodeVerifier();
    const url = client.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: scopes.join(" "),
        state,
        nonce,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: "S256",
    });
    return { state, nonce, verifier, url: url.href };
}

/**
 * An answer of the provider is kept for so long: its token may be good once, and several requests of a session may come
 * together.
 */
const KEPT_MS = 5_000;

/**
 * A refresh token is sent once, and whoever has it within a moment gets the same answer. What could not be asked is
 * asked again.
 */
function onceEach(now: () => number, ask: Provider["refresh"]): Provider["refresh"] {
    const answers = new Map<string, { readonly answer: ReturnType<Provider["refresh"]>; readonly atMs: number }>();
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

/** The provider's own description, kept for a while. */
function openDiscovery(options: ProviderOptions) {
    const { login, now } = options;
    let known: { readonly config: Promise<client.Configuration>; readonly atMs: number } | undefined;
    let origins: readonly string[] = [new URL(login.issuer).origin];
    return {
        origins: () => origins,
        configuration(): Promise<client.Configuration> {
            if (known !== undefined && now() - known.atMs < DISCOVERY_MS) return known.config;
            const config = discover(options);
            known = { config, atMs: now() };
            config.then(
                (found) => {
                    const { authorization_endpoint: begin, end_session_endpoint: end } = found.serverMetadata();
                    const named = [login.issuer, begin, end].flatMap((url) => (url ? [new URL(url).origin] : []));
                    origins = [...new Set(named)];
                },
                () => {
                    known = undefined;
                },
            );
            return config;
        },
    };
}

/** The claims of the ID token, and those of userinfo where the token lacks the ones that are needed. */
async function readAnswer(
    config: client.Configuration,
    { groupsClaim, userClaim }: LoginSettings,
    tokens: Tokens,
    sub?: string,
): Promise<SignedIn> {
    checkAlgorithm(tokens.id_token);
    const { issuer, userinfo_endpoint: userinfo } = config.serverMetadata();
    const claims = tokens.claims() as Claims | undefined;
    const subject = claims?.sub ?? sub ?? refuse(400, "portal-sign-in-failed", "the provider sent no ID token");
    const isWhole = claims !== undefined && groupsClaim in claims && userClaim in claims;
    const more =
        isWhole || userinfo === undefined ? {} : await client.fetchUserInfo(config, tokens.access_token, subject);
    return {
        claims: { iss: issuer, ...claims, ...more, sub: subject },
        refreshToken: tokens.refresh_token,
        idToken: tokens.id_token,
    };
}

/** What is used of the token endpoint's answer. */
interface Tokens {
    readonly access_token: string;
    readonly id_token?: string | undefined;
    readonly refresh_token?: string | undefined;
    claims(): unknown;
}

async function discover({ login, clientSecret, fetch }: ProviderOptions): Promise<client.Configuration> {
    const secret = clientSecret();
    const config = await client.discovery(
        new URL(login.issuer),
        login.clientId,
        { [client.clockTolerance]: SKEW_S, ...(secret === undefined && { token_endpoint_auth_method: "none" }) },
        secret === undefined ? client.None() : client.ClientSecretBasic(secret),
        {
            timeout: TIMEOUT_S,
            [client.customFetch]: fetch as client.CustomFetch,
            // Without this the library believes a token that came straight from the provider, whatever signed it.
            execute: [
                client.enableNonRepudiationChecks,
                ...(isLoopbackUrl(login.issuer) ? [client.allowInsecureRequests] : []),
            ],
        },
    );
    return config;
}

function checkAlgorithm(idToken: string | undefined): void {
    if (idToken === undefined) return;
    const [header = ""] = idToken.split(".");
    const { alg } = JSON.parse(Buffer.from(header, "base64url").toString()) as { readonly alg?: unknown };
    if (!ALGORITHMS.test(String(alg))) {
        refuse(400, "portal-sign-in-failed", "the provider's token is not signed with a key of its own");
    }
}

async function reachedOr(
    config: Promise<client.Configuration>,
    report: (error: unknown) => void,
): Promise<client.Configuration> {
    try {
        return await config;
    } catch (error) {
        if (!hasCode(error, "bad-input")) return unreachable(error);
        // It names a setting or a variable of the portal, which is nothing for visitors.
        report(error);
        const sentence = "the portal is not set up to sign anybody in: its log says why";
        return refuse(503, "portal-unavailable", sentence);
    }
}

function disbelieved(error: unknown): never {
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

function unreachable(error: unknown): never {
    const why = error instanceof Error ? error.message : String(error);
    return refuse(503, "portal-unavailable", `the OpenID provider cannot be used now: ${why.slice(0, 200)}`);
}
