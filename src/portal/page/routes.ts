import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

import { html, type Markup } from "../../agent/page/markup";
import { parseDuration } from "../../core/portal/duration";
import { addAddress, extendGrant, revokeGrant, signOff } from "../actions/changeGrant";
import { decideRequest } from "../actions/decideRequest";
import { revokePerson } from "../actions/people";
import { requestGrant } from "../actions/requestGrant";
import { askOf, decisionBody, grantBody, read } from "../api/bodies";
import { digestOf } from "../api/digest";
import { fresh, readState } from "../api/routes";
import { shownTo } from "../api/shown";
import type { PersonCaller } from "../callers";
import type { PortalContext } from "../context";
import type { Authentication } from "../http/authenticate";
import { addressOf, textIn } from "../http/request";
import { refuse } from "../problem";
import { form } from "./forms";
import { home } from "./home";
import { homeView } from "./homeView";
import { layout, readAssets, sendPage } from "./layout";

type WithId = { Params: { readonly id: string } };

/** What one of the page's forms does; gives the word that the page says afterwards. */
type Deed = (request: FastifyRequest, caller: PersonCaller) => Promise<string>;

/** `GET /`, what it needs, and the forms on it: each does what a call of the API does, and leads back to the page. */
export function addPage(app: FastifyInstance, context: PortalContext, authentication: Authentication): void {
    addAssets(app);
    app.get("/", async (request, reply) => {
        const caller = await authentication.caller(request);
        if (caller === undefined) return signInPage(context, request, reply);
        if (caller.kind !== "person") return refuse(403, "portal-not-allowed", "the page is for people; use /api/v1");
        const csrf = authentication.csrfToken(caller);
        const state = await readState(context);
        const view = homeView(context, state, caller, csrf);
        const { done } = request.query as { readonly done?: unknown };
        const main = home(view, typeof done === "string" ? done : "");
        const top = topOf(caller, csrf);
        const page = layout({
            title: "Your access",
            nowMs: view.nowMs,
            version: context.version,
            top,
            main,
            shown: shownTo(context.settings, caller, digestOf(state, context.reports())),
        });
        return sendPage(reply, page, context.provider.origins());
    });
    addDeeds(app, context, authentication);
}

function addDeeds(app: FastifyInstance, context: PortalContext, authentication: Authentication): void {
    const deed = (path: string, freshness: "fresh" | "any", work: Deed) => {
        app.post(path, async (request, reply) => {
            const caller = await authentication.person(request);
            const checked = freshness === "fresh" ? ((await fresh(context, caller)) as PersonCaller) : caller;
            return reply.redirect(`/?done=${await work(request, checked)}`, 303);
        });
    };
    const idOf = (request: FastifyRequest) => (request.params as WithId["Params"]).id;
    deed("/do/grants", "fresh", async ({ body }, caller) => {
        const { status } = await requestGrant(context, caller, askOf(read(grantBody, body)));
        return status === 201 ? "granted" : "requested";
    });
    deed("/do/grants/:id/extend", "fresh", async (request, caller) => {
        const durationMs = parseDuration(textIn(request.body, "duration"));
        if (durationMs === undefined) return refuse(422, "portal-rules", "duration is not a time such as 4h");
        const { status } = await extendGrant(context, caller, idOf(request), durationMs);
        return status === 200 ? "changed" : "requested";
    });
    deed("/do/grants/:id/address", "fresh", async (request, caller) => {
        await addAddress(context, caller, idOf(request));
        return "changed";
    });
    deed("/do/grants/:id/revoke", "any", async (request, caller) => {
        await revokeGrant(context, caller, idOf(request));
        return "revoked";
    });
    deed("/do/grants/:id/sign-off", "fresh", async (request, caller) => {
        await signOff(context, caller, idOf(request));
        return "signed-off";
    });
    deed("/do/requests/:id", "fresh", async (request, caller) => {
        const body = read(decisionBody, request.body);
        const { body: answer } = await decideRequest(context, caller, idOf(request), body);
        const { state } = answer as { readonly state: string };
        return state === "waiting" ? "noted" : state;
    });
    deed("/do/people/revoke", "fresh", async ({ body }, caller) => {
        const user = textIn(body, "user") ?? refuse(422, "portal-rules", "user is missing");
        await revokePerson(context, caller, user);
        return "revoked-person";
    });
}

/** The same for every visitor who has not signed in. */
function signInPage(context: PortalContext, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const { settings, now, version, provider } = context;
    const address = addressOf(request, settings);
    const host = new URL(settings.login.issuer).host;
    const main = html`<section class="message"><h1>Access, for as long as you need it</h1>
<p class="lead">You come from <b class="address">${address}</b></p>
<form method="post" action="/login"><button class="primary">Sign in</button></form>
<p class="note">You are sent to ${host}, and come back here.</p></section>`;
    return sendPage(reply, layout({ title: "Zonekeeper portal", nowMs: now(), version, main }), provider.origins());
}

function topOf({ person }: PersonCaller, csrf: string): Markup {
    const signOut = form(csrf, "/logout", html`<button class="quiet">Sign out</button>`);
    return html`<div class="who"><span class="live" id="live" role="status"></span><span class="name">${person.name}</span>${signOut}</div>`;
}

function addAssets(app: FastifyInstance): void {
    const { style, script, version } = readAssets();
    const config = { isOpen: true };
    const send = (reply: FastifyReply, type: string, text: string) =>
        reply.header("cache-control", "public, max-age=31536000, immutable").type(`${type}; charset=utf-8`).send(text);
    app.get(`/assets/${version}/portal.css`, { config }, async (_request, reply) => send(reply, "text/css", style));
    app.get(`/assets/${version}/portal.js`, { config }, async (_request, reply) =>
        send(reply, "text/javascript", script),
    );
}
