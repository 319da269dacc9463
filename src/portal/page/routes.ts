import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

import { html, type Markup } from "../../agent/page/markup";
import { digestOf } from "../api/digest";
import { readState } from "../api/routes";
import { shownTo } from "../api/shown";
import { callerKey, type PersonCaller } from "../callers";
import type { PortalContext } from "../context";
import { addressOf } from "../http/request";
import { refuse } from "../problem";
import { addDeeds, type DeedOptions } from "./deeds";
import { doneLine } from "./done";
import { form } from "./forms";
import { headingOf, home } from "./home";
import { homeView } from "./homeView";
import { layout, readAssets, sendPage } from "./layout";
import { readQuery } from "./slice";
import { typedForm } from "./typed";
import { keptTyped } from "./typedCookie";

/** `GET /`, what it needs, and the forms on it. */
export function addPage(app: FastifyInstance, context: PortalContext, options: DeedOptions): void {
    const { authentication, cookies } = options;
    addAssets(app);
    app.get("/", async (request, reply) => {
        const caller = await authentication.caller(request);
        if (caller === undefined) return signInPage(context, request, reply);
        if (caller.kind !== "person") return refuse(403, "portal-not-allowed", "the page is for people; use /api/v1");
        const csrf = authentication.csrfToken(caller);
        const state = await readState(context);
        const view = homeView(context, state, caller, { csrf, query: readQuery(request.query) });
        const typed = await keptTyped(context, cookies, request, caller.person);
        const again = typed && html`${typedForm(context, state, csrf, typed)}${discardForm(csrf)}`;
        const page = layout({
            title: `${headingOf(view)} · Zonekeeper`,
            nowMs: view.nowMs,
            version: context.version,
            top: topOf(caller, csrf),
            main: home(view, doneLine(context, state, caller, request.query), again),
            shown: shownTo(context.settings, caller, digestOf(state, context.reports(), callerKey(caller))),
        });
        return sendPage(reply, page, context.provider.origins());
    });
    addDeeds(app, context, options);
}

function discardForm(csrf: string): Markup {
    return form(csrf, "/do/typed/discard", html`<button class="quiet">Discard</button>`);
}

/** The same for every visitor who has not signed in. @throws a problem where nobody could sign in, as the store cannot be used */
async function signInPage(context: PortalContext, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { settings, now, version, provider } = context;
    await readState(context);
    const address = addressOf(request, settings);
    const host = new URL(settings.login.issuer).host;
    const main = html`<section class="message"><h1>Get access from where you are</h1>
<p class="lead">You come from <b class="address">${address}</b>. Sign in to see what you may have from this address, and for how long.</p>
<form method="post" action="/login"><button class="primary">Sign in</button></form>
<p class="note">You are sent to ${host}, and come back here.</p></section>`;
    return sendPage(reply, layout({ title: "Sign in · Zonekeeper", nowMs: now(), version, main }), provider.origins());
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
