import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

import { endedSignIn } from "../../core/portal/endedSignIns";
import { endedByRecheck } from "../../core/portal/recheck";
import { identityKey, isSame } from "../../core/portal/types";
import { completeRequests } from "../actions/completeRequests";
import type { PortalContext } from "../context";
import type { SignedIn } from "../oidc/answer";
import type { Begun } from "../oidc/provider";
import { markOf } from "../page/typedCookie";
import { problemOf, refuse } from "../problem";
import { endSessions, grantRows, hashOf, sessionOf, unsealed } from "../sessions";
import type { Authentication } from "./authenticate";
import type { Cookies } from "./cookies";
import { grantOnLogin } from "./grantOnLogin";
import { openStrangerLines } from "./network";
import { addressOf, originOf, textIn } from "./request";

/** A sign-in has to be finished within so long. */
const LOGIN_MS = 10 * 60_000;

/** The cookie outlasts its session, so that what is typed into an old page is known to be of the same person. */
const COOKIE_LONGER_MS = 86_400_000;

const PURPOSE = "login";

/** The only places of the portal to which a sign-in leads back. */
const BACK = /^\/(device(\?user_code=[A-Z0-9-]{1,20})?)?$/;

interface LoginState extends Begun {
    /** Where the browser goes afterwards: a path that BACK knows. */
    readonly back: string;
    /** Whether our own page began it, so that it may grant what `grantOnLogin` grants. */
    readonly isOwn: boolean;
    /** Whether the person has to log in at the provider anew. */
    readonly isFresh?: boolean;
    readonly startedAtMs: number;
}

export interface LoginOptions {
    readonly cookies: Cookies;
    readonly authentication: Authentication;
}

/** `/login`, `/callback` and `/logout`: OpenID Connect's code flow with PKCE, state, nonce and `iss`. */
export function addLogin(
    app: FastifyInstance,
    context: PortalContext,
    { cookies, authentication }: LoginOptions,
): void {
    const { settings, provider } = context;
    const lineFor = openStrangerLines(context.now);

    async function begin(request: FastifyRequest, reply: FastifyReply, isOwn: boolean): Promise<FastifyReply> {
        addressOf(request, settings);
        const asked = textIn(request.query, "return") ?? textIn(request.body, "return") ?? "/";
        return leave(context, cookies, request, reply, { back: BACK.test(asked) ? asked : "/", isOwn });
    }

    app.get("/login", async (request, reply) => begin(request, reply, false));
    app.post("/login", { config: { isUnprotected: true } }, async (request, reply) => {
        authentication.checkOrigin(request);
        return begin(request, reply, true);
    });
    app.get("/callback", async (request, reply) => finish(context, cookies, request, reply, lineFor));
    app.post("/logout", async (request, reply) => {
        const { visitor, session, person } = await authentication.person(request);
        await endSessions(context, (key) => key === visitor.key, "signed out");
        cookies.clearSession(reply);
        const { iss, sub, name } = person;
        const key = visitor.key.slice(0, 8);
        await context.audit({
            type: "portal.signed-out",
            by: { iss, sub, name },
            address: session.address,
            session: key,
        });
        const origin = originOf(request, settings);
        const idToken = await unsealed(context, session.idToken);
        return reply.redirect((await provider.logoutUrl(idToken, `${origin}/`)) ?? "/", 303);
    });
}

/** Sends the browser to the provider; what is needed when it comes back goes with it, sealed. */
async function leave(
    { settings, provider, seal, now }: PortalContext,
    cookies: Cookies,
    request: FastifyRequest,
    reply: FastifyReply,
    { back, isOwn, isFresh = false }: Pick<LoginState, "back" | "isOwn" | "isFresh">,
): Promise<FastifyReply> {
    const { begun, url } = await provider.begin(`${originOf(request, settings)}/callback`, isFresh);
    const state: LoginState = { ...begun, back, isOwn, isFresh, startedAtMs: now() };
    cookies.setLogin(reply, await seal.seal(PURPOSE, { ...state }, LOGIN_MS), LOGIN_MS);
    return reply.redirect(url, 303);
}

const MORE_LEFT_OUT = "more from this network are not written down for 10 minutes";

async function finish(
    context: PortalContext,
    cookies: Cookies,
    request: FastifyRequest,
    reply: FastifyReply,
    lineFor: ReturnType<typeof openStrangerLines>,
): Promise<FastifyReply> {
    const { settings, provider, seal } = context;
    const address = addressOf(request, settings);
    const state = (await seal.open(PURPOSE, cookies.login(request))) as LoginState | undefined;
    cookies.clearLogin(reply);
    try {
        if (state === undefined || state.redirectUri !== `${originOf(request, settings)}/callback`) {
            return refuse(
                400,
                "portal-sign-in-failed",
                "this sign-in did not begin in this browser within the last 10 minutes",
            );
        }
        const [, query = ""] = request.url.split("?");
        const signedIn = await provider.finish(state, new URL(`${state.redirectUri}?${query}`));
        if (signedIn === undefined) return await leave(context, cookies, request, reply, state);
        const result = await begin(context, cookies, request, reply, { state, signedIn, address });
        if (result === "stale") return await leave(context, cookies, request, reply, { ...state, isFresh: true });
    } catch (error) {
        const problem = problemOf(error);
        if (problem !== undefined) {
            const line = lineFor(address);
            const why = line === "last" ? `${problem.sentence}; ${MORE_LEFT_OUT}` : problem.sentence;
            if (line !== "left-out") await context.audit({ type: "portal.sign-in-refused", address, why });
        }
        throw error;
    }
    return reply.redirect(state.back, 303);
}

const ENDED = "the provider has ended this sign-in already";

/**
 * Begins the session: with a new cookie, in the place of the browser's session of before.
 *
 * @returns `stale` where the login at the provider is from before the person's sign-ins ended
 */
async function begin(
    context: PortalContext,
    cookies: Cookies,
    request: FastifyRequest,
    reply: FastifyReply,
    { state, signedIn, address }: { readonly state: LoginState; readonly signedIn: SignedIn; readonly address: string },
): Promise<"begun" | "stale"> {
    const { settings, store, now, newSecret } = context;
    const { people } = await store.read(AbortSignal.timeout(10_000));
    const made = await sessionOf(context, signedIn, address, people.get(identityKey(signedIn.claims)));
    const { person, areGroupsKnown } = made;
    const session = { ...made.session, loginStartedAtMs: state.startedAtMs };
    const text = `${newSecret()}.${markOf(context, person)}`;
    const key = hashOf(text);
    const cookie = cookies.session(request);
    const before = cookie === undefined ? undefined : hashOf(cookie);
    const isAgain = await store.transact<boolean | "stale">((kept) => {
        const once = `state ${hashOf(state.state)}`;
        if (kept.used.has(once)) return refuse(400, "portal-repeated", "this sign-in was answered before");
        if (kept.used.has(sidKey(person.iss, session.sid))) {
            return refuse(400, "portal-sign-in-failed", ENDED);
        }
        const { iat, auth_time } = signedIn.claims;
        const ended = endedSignIn(kept.used, person, { startedAtMs: state.startedAtMs, iat, auth_time });
        if (ended === "stale" && state.isFresh !== true) return { changes: [], result: "stale" as const };
        if (ended !== undefined) return refuse(400, "portal-sign-in-failed", `${ENDED}: sign in again`);
        const previous = before === undefined ? undefined : kept.sessions.get(before);
        const isSamePerson = previous !== undefined && isSame(previous, person);
        const lost = endedByRecheck(person, kept.grants.values(), settings.accesses, now(), areGroupsKnown);
        // What the sign-in of before granted goes on with the new session, so that nobody is out for a moment in between.
        const moved = [...kept.grants.values()].filter(({ session: of }) => isSamePerson && of === before);
        return {
            changes: [
                ["used", once, { untilMs: now() + 2 * LOGIN_MS }],
                ["people", identityKey(person), person],
                ["sessions", key, session],
                ...grantRows(moved.map((grant) => ({ ...grant, session: key }))),
                ...grantRows(lost),
            ],
            result: isSamePerson,
        };
    });
    if (isAgain === "stale") return "stale";
    if (before !== undefined) {
        await endSessions(context, (each) => each === before, isAgain ? "signed in again" : "another person signed in");
    }
    cookies.setSession(reply, text, settings.session.durationMs + COOKIE_LONGER_MS);
    const by = { iss: person.iss, sub: person.sub, name: person.name };
    const [login] = person.aliases ?? [];
    const told = { by, address, session: key.slice(0, 8), ...(login !== undefined && { login }) };
    await context.audit({ type: "portal.signed-in", ...told });
    await completeRequests(context, person);
    if (state.isOwn) await grantOnLogin(context, { key, session, person }, address);
    return "begun";
}

/** The key of a provider's session that has ended, so that a sign-in under way cannot begin with it. */
export function sidKey(iss: string, sid: string | undefined): string {
    return `sid ${JSON.stringify([iss, sid ?? null])}`;
}
