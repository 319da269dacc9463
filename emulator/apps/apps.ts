import type { FastifyInstance } from "fastify";

import { invalid, missing, refuse } from "../http/errors";
import { bodyOf, paramsOf, queryOf, sendPage } from "../http/http";
import { pageOf } from "../http/paging";
import { type Document, documentOf } from "../state/document";
import type { App, Org } from "../state/org";
import { stampOf } from "../state/stamp";
import type { World } from "../state/world";
import { appFrom } from "./body";
import { samlRoutes } from "./keys";
import { appPolicyRoutes, enrollmentPolicyOf } from "./onPolicies";

/** The kinds of apps that Okta's SDKs know; an app of another kind is refused by them, so by the emulator. */
const MODES = [
    "AUTO_LOGIN",
    "BASIC_AUTH",
    "BOOKMARK",
    "BROWSER_PLUGIN",
    "OPENID_CONNECT",
    "SAML_1_1",
    "SAML_2_0",
    "SECURE_PASSWORD_STORE",
    "WS_FEDERATION",
];

/** Okta's apps, and which authentication policy decides about each. */
export function appRoutes(app: FastifyInstance, world: World): void {
    const show = (found: App) => showApp(found, world.org, world.url);
    app.get("/api/v1/apps", (request, reply) => {
        const query = queryOf(request);
        const start = String(query.q ?? "").toLowerCase();
        const found = [...world.org.apps.values()].filter(({ document }) =>
            document.label.toLowerCase().startsWith(start),
        );
        const rows = found.map((each) => ({ id: each.document.id, each }));
        const { items, links } = pageOf(rows, query, `${world.url}/api/v1/apps`, { usual: 20, most: 200 });
        return sendPage(reply, { items: items.map(({ each }) => show(each)), links });
    });
    app.post("/api/v1/apps", async (request) => {
        const created = createApp(world, bodyOf(request));
        const secret = { credentials: { oauthClient: { client_secret: world.ids.text(64) } } };
        return show({ ...created, document: withSecret(created.document, secret) });
    });
    app.get("/api/v1/apps/:id", async (request) => show(appOf(world.org, paramsOf(request).id)));
    app.put("/api/v1/apps/:id", async (request) => {
        const changed = replaceApp(world, appOf(world.org, paramsOf(request).id), bodyOf(request));
        return show({ ...changed, document: withSecret(changed.document, bodyOf(request)) });
    });
    app.delete("/api/v1/apps/:id", async (request, reply) => {
        const { document } = appOf(world.org, paramsOf(request).id);
        if (document.status === "ACTIVE") refuse(403, "E0000056", "Delete application forbidden.");
        world.org.apps.delete(document.id);
        for (const part of Object.values(world.org.appParts)) part.delete(document.id);
        return reply.code(204).send();
    });
    for (const [verb, status] of [
        ["activate", "ACTIVE"],
        ["deactivate", "INACTIVE"],
    ] as const) {
        app.post(`/api/v1/apps/:id/lifecycle/${verb}`, async (request) => {
            const found = appOf(world.org, paramsOf(request).id);
            const document = { ...found.document, status, lastUpdated: stampOf(world.now()) };
            world.org.apps.set(document.id, { ...found, document });
            return {};
        });
    }
    appPolicyRoutes(app, world, { appOf, show });
    samlRoutes(app, world, appOf);
}

/** The app with this id, or 404. */
export function appOf({ apps }: Org, id: string): App {
    return apps.get(id) ?? missing(id, "AppInstance");
}

/** A full replace; what Okta decided about the app stays. */
function replaceApp(world: World, before: App, body: Document): App {
    const { id, name, created, status, orn, signOnMode, credentials } = before.document;
    if (body.signOnMode !== undefined && body.signOnMode !== signOnMode) {
        return invalid("signOnMode", "The mode of an app cannot be changed.");
    }
    const label = typeof body.label === "string" && body.label.trim() !== "" ? body.label : before.document.label;
    const now = stampOf(world.now());
    const made = appFrom({ ...body, id, name, label, signOnMode }, { ids: world.ids, now, about: world.org.about });
    const { signing } = documentOf(credentials);
    const kept = { created, status, orn, credentials: { ...documentOf(made.credentials), signing } };
    const app = { ...before, document: { ...made, ...kept } };
    world.org.apps.set(id, app);
    return app;
}

/** The answer to a POST or a PUT of an OIDC app shows a secret, which is kept nowhere (recorded). */
function withSecret(document: App["document"], body: Document): App["document"] {
    const { client_secret: secret } = documentOf(documentOf(body.credentials).oauthClient);
    const credentials = documentOf(document.credentials);
    if (document.signOnMode !== "OPENID_CONNECT" || secret === undefined) return document;
    const oauthClient = { ...documentOf(credentials.oauthClient), client_secret: secret };
    return { ...document, credentials: { ...credentials, oauthClient } };
}

/** A new app is on the system's policy, "Any two factors". */
function createApp(world: World, body: Document): App {
    const { label, signOnMode } = body;
    if (typeof label !== "string" || label.trim() === "") return invalid("label", "The field cannot be left blank");
    if (typeof signOnMode !== "string" || !MODES.includes(signOnMode)) {
        return invalid("signOnMode", `The mode has to be one of ${MODES.join(", ")}.`);
    }
    const { about, policies, apps } = world.org;
    const normal = [...policies.values()].find(({ type, system }) => type === "ACCESS_POLICY" && system);
    const document = appFrom(body, { ids: world.ids, now: stampOf(world.now()), about });
    const app: App = { document, policyId: normal?.id, links: {} };
    apps.set(document.id, app);
    return app;
}

/** The app as Okta shows it; Okta names its policy in `_links.accessPolicy`. */
export function showApp(app: App, org: Org, url: string): Document {
    const { document, policyId, links } = app;
    const { id, name, status, signOnMode } = document;
    const self = `${url}/api/v1/apps/${id}`;
    const turn = status === "ACTIVE" ? "deactivate" : "activate";
    const appLinks = Object.keys(documentOf(documentOf(document.visibility).appLinks)).map((link) => ({
        name: link,
        href: `${url}/home/${name}/${id}/aln${id.slice(3)}`,
        type: "text/html",
    }));
    const saml = {
        help: { href: `${url}/app/${name}/${id}/setup/help/SAML_2_0/instructions`, type: "text/html" },
        metadata: { href: `${self}/sso/saml/metadata`, type: "application/xml" },
    };
    const usual = {
        ...(signOnMode === "SAML_2_0" && saml),
        uploadLogo: { href: `${self}/logo`, hints: { allow: ["POST"] } },
        appLinks,
        profileEnrollment: { href: `${url}/api/v1/policies/${enrollmentPolicyOf(app, org)}` },
        policies: { href: `${self}/policies`, hints: { allow: ["PUT"] } },
        groups: { href: `${self}/groups` },
        logo: [{ name: "medium", href: `${url}/assets/img/logos/default.png`, type: "image/png" }],
        ...(policyId !== undefined && { accessPolicy: { href: `${url}/api/v1/policies/${policyId}` } }),
        users: { href: `${self}/users` },
        [turn]: { href: `${self}/lifecycle/${turn}` },
    };
    return { ...document, _links: { ...usual, ...links } };
}
