import * as oauth from "oauth4webapi";
import { isLoopback } from "../../core/addresses/loopback";
import { fail } from "../../core/errors/errors";
import type { Answer } from "../exchange/answer";
import type { PrivateKey } from "../exchange/credential";
import { fieldsOf } from "../exchange/fields";
import { TOKEN_PATH } from "../exchange/refused";
import type { AuthorizationOptions, Sender } from "./authorization";
import { readPrivateKey } from "./privateKey";

/** Signs with the key of an app, and with the key to which its tokens are bound. */
export interface TokenClient {
    /** Requests a token. The answer may be a refusal. @throws `okta-unreachable`, `okta-throttled` */
    requestToken(): Promise<Answer>;

    /** @param type `dpop` for a token bound to our key: each request then carries a proof of its own. */
    senderFor(token: string, type: "dpop" | "bearer"): Sender;
}

/** @throws `bad-input` for a key that cannot be used */
export async function openTokenClient(app: PrivateKey, options: AuthorizationOptions): Promise<TokenClient> {
    const { orgUrl, fetch } = options;
    const isLocal = isLoopback(new URL(orgUrl).hostname);
    if (!isLocal && !orgUrl.startsWith("https:")) fail("bad-input", `${orgUrl}: OAuth needs an https URL`);
    const key = await readPrivateKey(app, options.readFile);
    const keys = await oauth.generateKeyPair("ES256");
    // Two sets of proofs: the nonce of the token endpoint is not valid for the API.
    const [tokenProofs, apiProofs] = [proofsOf(keys, options), proofsOf(keys, options)];

    const requestOnce = () =>
        options.exchange({
            label: `POST ${TOKEN_PATH}`,
            repeatable: true,
            // Callers share the request, so none of them may abort it; it has its own time limits.
            signal: new AbortController().signal,
            send: (signal) =>
                oauth.clientCredentialsGrantRequest(
                    { issuer: orgUrl, token_endpoint: orgUrl + TOKEN_PATH },
                    { client_id: app.clientId },
                    assertionsOf(app, key, options),
                    { scope: app.scopes.join(" ") },
                    {
                        DPoP: tokenProofs,
                        headers: { "user-agent": options.userAgent },
                        signal,
                        [oauth.customFetch]: fetch,
                        [oauth.allowInsecureRequests]: isLocal,
                    },
                ),
        });

    return {
        async requestToken() {
            const answer = await requestOnce();
            const { error } = fieldsOf(answer.body);
            // tokenProofs now has the nonce of the answer.
            return error === "use_dpop_nonce" ? requestOnce() : answer;
        },
        senderFor(token, type) {
            const proofs = type === "dpop" ? { DPoP: apiProofs } : {};
            return { send: (url, init) => sendWith(token, url, init, { ...proofs, fetch, isLocal }) };
        },
    };
}

/**
 * The assertions that authenticate the app: Okta requires the token endpoint as audience, and an expiry within the
 * hour.
 */
function assertionsOf(app: PrivateKey, key: oauth.CryptoKey, { orgUrl, now }: AuthorizationOptions) {
    return oauth.PrivateKeyJwt(app.privateKeyId === undefined ? key : { key, kid: app.privateKeyId }, {
        [oauth.modifyAssertion](_header, claims) {
            const iat = Math.floor(now() / 1000);
            Object.assign(claims, { aud: orgUrl + TOKEN_PATH, iat, nbf: iat, exp: iat + 300 });
        },
    });
}

function proofsOf(keys: oauth.CryptoKeyPair, { now }: AuthorizationOptions): oauth.DPoPHandle {
    return oauth.DPoP({}, keys, {
        [oauth.modifyAssertion](_header, claims) {
            claims.iat = Math.floor(now() / 1000);
        },
    });
}

interface Transport {
    readonly DPoP?: oauth.DPoPHandle;
    readonly fetch: typeof globalThis.fetch;
    readonly isLocal: boolean;
}

/** Makes one API request. The library throws for an answer with `WWW-Authenticate`; that answer is returned instead. */
async function sendWith(token: string, url: string, init: RequestInit, transport: Transport): Promise<Response> {
    const { fetch, isLocal, ...proofs } = transport;
    let answer: Response | undefined;
    const request = oauth.protectedResourceRequest(
        token,
        init.method ?? "GET",
        new URL(url),
        new Headers(init.headers),
        (init.body ?? null) as string | null,
        {
            ...proofs,
            ...(init.signal ? { signal: init.signal } : {}),
            [oauth.allowInsecureRequests]: isLocal,
            [oauth.customFetch]: async (url, init) => {
                answer = await fetch(url, init as RequestInit);
                return answer;
            },
        },
    );
    return request.catch((error: unknown) => {
        if (answer !== undefined) return answer;
        throw error;
    });
}
