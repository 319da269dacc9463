import { type Code, coded, fail } from "../../core/errors/errors";
import { orAborted } from "../../orAborted";
import type { Answer } from "../exchange/answer";
import { describeCredential, type PrivateKey, rotation } from "../exchange/credential";
import { fieldsOf } from "../exchange/fields";
import { reasonIn } from "../exchange/refusal";
import { type RefusedError, TOKEN_PATH } from "../exchange/refused";
import { stopped } from "../exchange/stopped";
import type { Authorization, AuthorizationOptions, Sender } from "./authorization";
import { openTokenClient, type TokenClient } from "./tokenClient";

/** A sender with an access token. */
interface Grant {
    readonly sender: Sender;
    readonly renewAtMs: number;
}

/** The answer of the token endpoint. */
interface Token {
    readonly text: string;
    readonly type: "dpop" | "bearer";
    readonly lifeMs: number;
}

/** The lifetime of a token that does not state it. Okta's tokens state an hour. */
const UNSAID_LIFE_MS = 300_000;
const RENEW_BEFORE_MS = 60_000;

/**
 * Fetches access tokens for a service app by client credentials, signed with its key
 * (private_key_jwt, RFC 7523), and always with a proof of possession (DPoP, RFC 9449):
 * apps made since February 2024 require one, and others accept it. The type of the
 * token decides how API requests are signed.
 *
 * Concurrent callers share one token and one request for it.
 */
export function oauthAuthorization(app: PrivateKey, options: AuthorizationOptions): Authorization {
    let client: TokenClient | undefined;
    let grant: Grant | undefined;
    let pending: Promise<Grant> | undefined;

    async function renew(): Promise<Grant> {
        client ??= await openTokenClient(app, options);
        const askedMs = options.now();
        const { text, type, lifeMs } = tokenIn(await client.requestToken(), app, options);
        options.keepSecret(text);
        const renewAtMs = askedMs + lifeMs - Math.min(RENEW_BEFORE_MS, lifeMs / 10);
        grant = { sender: client.senderFor(text, type), renewAtMs };
        return grant;
    }

    return {
        async ready(signal) {
            if (grant !== undefined && options.now() < grant.renewAtMs) return grant.sender;
            pending ??= renew().finally(() => {
                pending = undefined;
            });
            const { sender } = await unlessStopped(pending, signal, options.orgUrl);
            return sender;
        },
        forget(sender) {
            if (grant?.sender === sender) grant = undefined;
            return true;
        },
    };
}

function tokenIn(answer: Answer, app: PrivateKey, options: AuthorizationOptions): Token {
    if (answer.status !== 200) return refuseToken(answer, app, options);
    const { access_token, token_type, expires_in } = fieldsOf(answer.body);
    const type = typeof token_type === "string" ? token_type.toLowerCase() : undefined;
    if (typeof access_token !== "string" || (type !== "dpop" && type !== "bearer")) {
        return fail("okta-unreachable", `POST ${TOKEN_PATH}: the answer of ${options.orgUrl} holds no token`);
    }
    const lifeMs = typeof expires_in === "number" && expires_in > 0 ? expires_in * 1000 : UNSAID_LIFE_MS;
    return { text: access_token, type, lifeMs };
}

/**
 * Throws for a refusal, with a remedy for the error codes of the token endpoint. Source: RFC 6749, 5.2; RFC 9449, 5.
 */
function refuseToken(answer: Answer, app: PrivateKey, { orgUrl, redact }: AuthorizationOptions): never {
    const { error } = fieldsOf(answer.body);
    const remedies: Readonly<Record<string, readonly [Code, string]>> = {
        invalid_client: [
            "okta-unauthorized",
            `${orgUrl} does not accept ${describeCredential(app)}: ${rotation(app)}check the client id, the key's id, that the public key is in the app, and this machine's clock`,
        ],
        invalid_scope: [
            "okta-forbidden",
            `grant the app the scopes ${app.scopes.join(", ")} under its Okta API Scopes, or ask for fewer`,
        ],
        // Source: Okta's description of `settings.oauthClient.network`; its exact answer is not known.
        access_denied: [
            "okta-forbidden",
            `Okta gives the app ${app.clientId} no token from here: if it is bound to network zones, this machine has to be inside one of them`,
        ],
        invalid_dpop_proof: ["okta-unauthorized", "check this machine's clock"],
    };
    const fallback = [
        answer.status === 401 ? "okta-unauthorized" : "okta-refused",
        `check the app ${app.clientId}`,
    ] as const;
    const [code, todo] = (typeof error === "string" && Object.hasOwn(remedies, error) && remedies[error]) || fallback;
    const refused = coded(code, redact(`POST ${TOKEN_PATH}: ${reasonIn(answer)}; ${todo}`));
    const tokenError = typeof error === "string" ? error : "";
    throw Object.assign(refused, { status: answer.status, path: TOKEN_PATH, tokenError }) satisfies RefusedError;
}

/** The result, unless the caller aborts first; the shared work continues for the other callers. */
async function unlessStopped<T>(work: Promise<T>, signal: AbortSignal, where: string): Promise<T> {
    try {
        return await orAborted(() => work, signal);
    } catch (error) {
        if (signal.aborted) return stopped(`POST ${TOKEN_PATH}`, where, signal);
        throw error;
    }
}
