import * as client from "openid-client";

import { checkIssuedNow, disbelieved, readAnswer, type SignedIn } from "./answer";
import { DISCOVERY_MS, type DiscoveryOptions, openDiscovery, reachedOr } from "./discovery";
import { onceEach, type Refresh, refreshing } from "./refresh";
import { openRotatedTokens } from "./rotated";

/** What a sign-in that has begun needs to be finished; it is kept in the browser, sealed. */
export interface Begun {
    readonly state: string;
    readonly nonce: string;
    readonly verifier: string;
    readonly redirectUri: string;
    /** Whether `offline_access` was asked for although the settings do not name it. */
    readonly isOfflineAdded?: boolean;
}

/** The OpenID provider, as a client of it. */
export interface Provider {
    /**
     * @param isFresh Whether the person has to log in at the provider anew, whatever session they have there.
     * @throws a problem where the provider cannot be reached
     */
    begin(redirectUri: string, isFresh?: boolean): Promise<{ readonly begun: Begun; readonly url: string }>;
    /**
     * @param url The whole address that the browser came back to.
     * @returns undefined where the provider refuses `offline_access` to this client: begin again, without it
     * @throws a problem where the answer is not believed
     */
    finish(begun: Begun, url: URL): Promise<SignedIn | undefined>;
    readonly refresh: Refresh;
    /** Where a person signs out at the provider; undefined where it has no such page. */
    logoutUrl(idToken: string | undefined, backTo: string): Promise<string | undefined>;
    /** The origins to which a sign-in and a sign-out lead, as far as they are known yet. */
    origins(): readonly string[];
    /** What a verifier of the provider's tokens needs. */
    metadata(): Promise<{ readonly issuer: string; readonly jwksUri: string | undefined }>;
}

export interface ProviderOptions extends DiscoveryOptions {
    /** Is told that the provider refuses `offline_access` to this client. */
    readonly onNoOffline: () => void;
    /** Is told what visitors are not told. */
    readonly report: (error: unknown) => void;
}

const OFFLINE = "offline_access";

/** How a provider says that a client may not have a scope, or the refresh tokens that come with it. */
const SCOPE_REFUSALS = ["invalid_scope", "unauthorized_client"];

export function openProvider(options: ProviderOptions): Provider {
    const { login, now, onNoOffline } = options;
    const rotated = openRotatedTokens(options.fetch);
    const { configuration, origins } = openDiscovery({ ...options, fetch: rotated.fetch });
    const reached = (config: Promise<client.Configuration>) => reachedOr(config, options.report);
    let refusedAtMs = -Infinity;
    return {
        async begin(redirectUri, isFresh = false) {
            const config = await reached(configuration());
            const { scopes_supported: supported = [] } = config.serverMetadata();
            const isRefused = now() - refusedAtMs < DISCOVERY_MS;
            const isOfflineAdded = login.isOfflineAdded && supported.includes(OFFLINE) && !isRefused;
            const scopes = [...login.scopes, ...(isOfflineAdded ? [OFFLINE] : [])];
            const { url, ...begun } = await loginUrl(config, redirectUri, scopes, isFresh);
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
                const tokens = await client.authorizationCodeGrant(config, url, checks);
                checkIssuedNow(tokens.claims()?.iat, now());
                return await readAnswer(config, login, tokens);
            } catch (error) {
                const { error: code } = error as { readonly error?: unknown };
                if (isOfflineAdded !== true || !SCOPE_REFUSALS.includes(String(code))) return disbelieved(error);
                refusedAtMs = now();
                onNoOffline();
                return undefined;
            }
        },
        refresh: onceEach(
            options.now,
            refreshing(() => reached(configuration()), login, rotated),
        ),
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
async function loginUrl(
    config: client.Configuration,
    redirectUri: string,
    scopes: readonly string[],
    isFresh: boolean,
) {
    const [state, nonce] = [client.randomState(), client.randomNonce()];
    const verifier = client.randomPKCECodeVerifier();
    const url = client.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: scopes.join(" "),
        state,
        nonce,
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: "S256",
        ...(isFresh && { prompt: "login" }),
    });
    return { state, nonce, verifier, url: url.href };
}
