import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

import { refuse } from "../http/errors";
import { queryOf } from "../http/http";
import { documentOf } from "../state/document";
import { secondsOf } from "../state/stamp";
import type { World } from "../state/world";
import { type OpenIdClient, openIdClient } from "./clients";
import { addLoginPage, errorPage } from "./loginPage";
import type { OktaSession } from "./openIdState";
import { sessionOf } from "./sessions";
import { logSignOn } from "./signOnEvents";

/** A code is good for one exchange within a minute. */
const CODE_MS = 60_000;

const NO_CLIENT = "Invalid value for 'client_id' parameter.";
const NO_REDIRECT = "The 'redirect_uri' parameter must be a Login redirect URI in the client app settings.";

/** `GET /oauth2/v1/authorize`: the code flow, with a page on which the visitor chooses a user. */
export function authorizeRoutes(app: FastifyInstance, world: World): void {
    app.get("/oauth2/v1/authorize", async (request, reply) => authorize(world, request, reply));
    addLoginPage(app, world);
}

/** Errors about the client and its address are shown here; all others go back to the client, as OAuth has it. */
async function authorize(world: World, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const query = queryOf(request);
    const client = openIdClient(world, query.client_id);
    if (client === undefined) return wrong(request, reply, "invalid_client", NO_CLIENT);
    const redirectUri = String(query.redirect_uri);
    if (!client.redirectUris.includes(redirectUri)) return wrong(request, reply, "invalid_request", NO_REDIRECT);
    const back = (answer: Readonly<Record<string, string>>) => {
        const url = new URL(redirectUri);
        for (const [name, value] of Object.entries(answer)) url.searchParams.set(name, value);
        if (typeof query.state === "string") url.searchParams.set("state", query.state);
        return reply.redirect(url.href, 302);
    };
    const problem = problemOf(world, client, query);
    if (problem !== undefined) return back(problem);
    const session = sessionOf(world, request);
    if (session === undefined || mustSignIn(world, session, query)) {
        if (query.prompt === "none") {
            return back({ error: "login_required", error_description: "The client specified not to prompt." });
        }
        const page = new URLSearchParams(request.url.split("?")[1]);
        page.delete("prompt");
        page.delete("max_age");
        return reply.redirect(`/login/login.htm?${new URLSearchParams({ fromURI: `/oauth2/v1/authorize?${page}` })}`);
    }
    const { text, hash } = world.openId.fresh();
    world.openId.codes.set(hash, {
        clientId: client.clientId,
        session,
        scopes: scopesOf(query.scope),
        nonce: typeof query.nonce === "string" ? query.nonce : undefined,
        redirectUri,
        challenge: typeof query.code_challenge === "string" ? query.code_challenge : undefined,
        expiresAtMs: world.now() + CODE_MS,
    });
    logSignOn(world, request, session.userId, client);
    return back({ code: text });
}

function problemOf(world: World, client: OpenIdClient, query: Readonly<Record<string, unknown>>) {
    const no = (error: string, error_description: string) => ({ error, error_description });
    if (query.response_type !== "code") return no("unsupported_response_type", "Only 'code' is supported.");
    if (!scopesOf(query.scope).includes("openid")) return no("invalid_scope", "The scope 'openid' is missing.");
    if (scopesOf(query.scope).includes("offline_access") && client.grantTypes?.includes("refresh_token") === false) {
        return no("invalid_scope", "The client may not request 'offline_access' without the grant type refresh_token.");
    }
    if (typeof query.state !== "string") return no("invalid_request", "The authentication request has no 'state'.");
    if (query.code_challenge !== undefined && query.code_challenge_method !== "S256") {
        return no("invalid_request", "The 'code_challenge_method' must be S256.");
    }
    if (client.isPublic && query.code_challenge === undefined) {
        return no("invalid_request", "PKCE code challenge is required when the token endpoint authentication is NONE.");
    }
    return world.org.about.pipeline === "idx" || query.prompt !== "create"
        ? undefined
        : no("invalid_request", "The prompt is not supported.");
}

function mustSignIn(world: World, session: OktaSession, { prompt, max_age }: Readonly<Record<string, unknown>>) {
    const { status } = documentOf(world.org.users.get(session.userId));
    if (status !== "ACTIVE" || prompt === "login") return true;
    return typeof max_age === "string" && secondsOf(world.now() - session.startedAtMs) > Number(max_age);
}

export function scopesOf(scope: unknown): string[] {
    return String(scope ?? "")
        .split(" ")
        .filter((name) => name !== "");
}

/** A browser gets a page, as from Okta; a program the body of OAuth. */
function wrong({ headers }: FastifyRequest, reply: FastifyReply, error: string, sentence: string): FastifyReply {
    if (!(headers.accept ?? "").includes("text/html")) {
        return refuse(400, error, sentence, { body: { error, error_description: sentence } });
    }
    return reply.code(400).type("text/html; charset=utf-8").send(errorPage(sentence));
}
