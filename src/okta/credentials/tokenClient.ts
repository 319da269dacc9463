import * as oauth from "oauth4webapi";
import { isLoopback } from "../../core/addresses/loopback";
import { fail } from "../../core/errors/errors";
import type { Answer } from "../exchange/answer";
import type { PrivateKey } from "../exchange/credential";
import { fieldsOf } from "../exchange/fields";
import { TOKEN_PATH } from "../exchange/refused";
import type { AuthorizationOptions, Sender } from "./authorization";
import { readPrivateKey } from "./privateKey";

/** What is made with an app's key, and with the key that its tokens are bound to. */
export interface TokenClient {
    /** Asks the token endpoint for a token. The answer may be a refusal. @throws `okta-unreachable`, `okta-throttled` */
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
    // Two of them: the nonce that the token endpoint demands is not for the API.
    const [tokenProofs, apiProofs] = [proofsOf(keys, options), proofsOf(keys, options)];

    const requestOnce = () =>
        options.exchange({
            label: `POST ${TOKEN_PATH}`,
            repeatable: true,
            // Callers share the request, so none of them may end it; it ends itself.
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
            // By now the nonce that the answer brought is in tokenProofs.
            return error === "use_dpop_nonce" ? requestOnce() : answer;
        },
        senderFor(token, type) {
            const proofs = type === "dpop" ? { DPoP: apiProofs } : {};
            return { send: (url, init) => sendWith(token, url, init, { ...proofs, fetch, isLocal }) };
        },
    };
}

/** The assertions that prove the app: Okta wants the token endpoint as their audience, and an end within the hour. */
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

/** One request of the API. The library throws where an answer has `WWW-Authenticate`, but that answer is what we want. */
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
