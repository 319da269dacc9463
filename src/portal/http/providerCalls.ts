import type { FastifyInstance } from "fastify";
import { createRemoteJWKSet, customFetch, type JWTPayload, type JWTVerifyOptions, jwtVerify } from "jose";

import { ENDED_MS, type EndedWhom, endedRowsOf } from "../../core/portal/endedSignIns";
import { identityKey, isCalled, type Person, type PortalSession } from "../../core/portal/types";
import type { PortalContext } from "../context";
import { problemOf, refuse } from "../problem";
import { endSessions } from "../sessions";
import { sidKey } from "./login";
import { textIn } from "./request";

const ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];

const EVENT = "http://schemas.openid.net/event/backchannel-logout";

const [TOKEN_AGE_S, SKEW_S] = [600, 60];

/**
 * What the provider tells the portal: `/backchannel-logout` (OpenID Connect Back-Channel Logout 1.0) and
 * `/global-token-revocation` (Okta's Universal Logout). Both carry a token that the provider signed, and each token counts once.
 */
export function addProviderCalls(app: FastifyInstance, context: PortalContext, fetch: typeof globalThis.fetch): void {
    const { settings } = context;
    const verify = openVerifier(context, fetch);
    const config = { isOpen: true, isUnprotected: true };
    app.post("/backchannel-logout", { config }, async (request, reply) => {
        reply.header("cache-control", "no-store");
        try {
            const token =
                textIn(request.body, "logout_token") ?? refuse(400, "portal-malformed", "logout_token is missing");
            const claims = await verify(token, { audience: settings.login.clientId });
            checkLogoutToken(claims);
            await endFor(context, claims);
            return reply.code(200).send();
        } catch (error) {
            const problem = problemOf(error);
            if (problem === undefined || problem.status >= 500) throw error;
            return reply.code(400).send({ error: "invalid_request", error_description: problem.sentence });
        }
    });
    app.post("/global-token-revocation", { config }, async (request, reply) => {
        const [, token] = /^Bearer (\S{1,8192})$/i.exec(request.headers.authorization ?? "") ?? [];
        if (token === undefined)
            return refuse(401, "portal-sign-in", "the header Authorization is not Bearer and a token");
        const claims = await verify(token, { audience: `${settings.url}/global-token-revocation` });
        const { isSubject, whom } = subjectIn(request.body, String(claims.iss));
        await useOnce(context, claims, [whom]);
        const { people } = await context.store.read(AbortSignal.timeout(10_000));
        const subjects = new Set([...people.values()].filter(isSubject).map(identityKey));
        await endSessions(context, (_, session) => subjects.has(identityKey(session)), "revoked by the provider");
        return reply.code(204).send();
    });
}

type Verify = (token: string, options: JWTVerifyOptions) => Promise<JWTPayload>;

function openVerifier({ provider, settings, now }: PortalContext, fetch: typeof globalThis.fetch): Verify {
    let known: { readonly uri: string; readonly keys: ReturnType<typeof createRemoteJWKSet> } | undefined;
    return async (token, options) => {
        const { issuer, jwksUri } = await provider.metadata();
        if (jwksUri === undefined) return refuse(503, "portal-unavailable", "the provider publishes no keys");
        if (known?.uri !== jwksUri) {
            known = { uri: jwksUri, keys: createRemoteJWKSet(new URL(jwksUri), { [customFetch]: fetch }) };
        }
        const { payload } = await jwtVerify(token, known.keys, {
            ...options,
            issuer: [issuer, settings.login.issuer],
            algorithms: ALGORITHMS,
            clockTolerance: SKEW_S,
            maxTokenAge: TOKEN_AGE_S,
            requiredClaims: ["iat", "jti"],
            currentDate: new Date(now()),
        }).catch((error: Error) => {
            const isAway = ["ERR_JWKS_TIMEOUT", "ERR_JOSE_GENERIC"].includes((error as { code?: string }).code ?? "");
            return isAway || error.name === "TypeError"
                ? refuse(503, "portal-unavailable", "the provider cannot be asked for its keys")
                : refuse(401, "portal-sign-in", `the provider's token is not believed: ${error.message}`);
        });
        return payload;
    };
}

function checkLogoutToken({ events, nonce, sub, sid }: JWTPayload): void {
    const isEvent = typeof events === "object" && events !== null && EVENT in events;
    if (!isEvent) refuse(400, "portal-malformed", "the token is no logout token: it has no such event");
    // An ID token has a nonce, and may not be passed off as a logout token.
    if (nonce !== undefined) refuse(400, "portal-malformed", "a logout token has no nonce");
    if (typeof sub !== "string" && typeof sid !== "string") {
        refuse(400, "portal-malformed", "the logout token names neither sub nor sid");
    }
}

async function endFor(context: PortalContext, claims: JWTPayload): Promise<void> {
    const { iss = "", sub, sid } = claims;
    const isOfAll = typeof sid !== "string" && typeof sub === "string";
    await useOnce(context, claims, isOfAll ? [{ iss, sub }] : []);
    const isOne = (_: string, session: PortalSession) =>
        typeof sid === "string" ? session.iss === iss && session.sid === sid : isOf(session, iss, sub);
    await endSessions(context, isOne, "signed out at the provider");
}

/** @param ended Whose sign-ins end, so that one that is under way cannot begin with them. */
async function useOnce(
    { store, now }: PortalContext,
    { iss = "", jti, sid, iat = 0 }: JWTPayload,
    ended: readonly EndedWhom[],
): Promise<void> {
    if (typeof jti !== "string" || jti === "") refuse(400, "portal-malformed", "the token's jti is no text");
    await store.transact((state) => {
        const key = `jti ${JSON.stringify([iss, jti])}`;
        if (state.used.has(key)) return refuse(400, "portal-repeated", "this token was used before");
        return {
            changes: [
                ["used", key, { untilMs: now() + (TOKEN_AGE_S + 2 * SKEW_S) * 1000 }],
                ...(typeof sid === "string"
                    ? [["used", sidKey(iss, sid), { untilMs: now() + ENDED_MS }] as const]
                    : []),
                ...endedRowsOf(ended, { heardAtMs: now(), issuedAtS: iat }),
            ],
            result: undefined,
        };
    });
}

/**
 * Whom a body means (RFC 9493). The issuer has to be the token's own.
 *
 *   { "sub_id": { "format": "iss_sub", "iss": "…", "sub": "00u1" } }
 *   { "sub_id": { "format": "email", "email": "ana@example.com" } }
 */
function subjectIn(
    body: unknown,
    issuer: string,
): { readonly isSubject: (person: Person) => boolean; readonly whom: EndedWhom } {
    const named = (body as { readonly sub_id?: unknown; readonly subject?: unknown } | null | undefined) ?? {};
    const { format, iss, sub, email } = (named.sub_id ?? named.subject ?? {}) as Readonly<Record<string, unknown>>;
    const isIssuer = iss === issuer || iss === `${issuer}/`;
    if (format === "iss_sub" && isIssuer && typeof sub === "string") {
        const isSubject = (person: Person) => person.iss === issuer && person.sub === sub;
        return { isSubject, whom: { iss: issuer, sub } };
    }
    if (format === "email" && typeof email === "string" && email !== "") {
        const isSubject = (person: Person) => person.iss === issuer && isCalled(person, email);
        return { isSubject, whom: { iss: issuer, called: email } };
    }
    return refuse(
        400,
        "portal-malformed",
        "sub_id is neither { format: iss_sub, iss, sub } of this provider nor { format: email, email }",
    );
}

function isOf(session: PortalSession, iss: string, sub: string | undefined): boolean {
    return session.iss === iss && session.sub === sub;
}
