import type { FastifyInstance } from "fastify";

import { queryOf } from "../http/http";
import { loginOf } from "../people/findUser";
import { type Document, documentOf } from "../state/document";
import type { World } from "../state/world";
import { startSession } from "./sessions";
import { logSessionStart } from "./signOnEvents";

/** Where to go after signing in: an address of this authorization server and no other. */
const TARGET = /^\/oauth2\/v1\/authorize\?[^\s"'<>\\]{0,4000}$/;

/** The page on which a visitor signs in by choosing a user of the organization: an emulator knows no passwords. */
export function addLoginPage(app: FastifyInstance, world: World): void {
    app.get("/login/login.htm", async (request, reply) => {
        const { fromURI } = queryOf(request);
        reply.type("text/html; charset=utf-8");
        reply.header(
            "content-security-policy",
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        );
        return page(world, TARGET.test(String(fromURI)) ? String(fromURI) : undefined);
    });
    app.post("/login/login.htm", async (request, reply) => {
        const { login, fromURI } = documentOf(request.body);
        const user = [...world.org.users.values()].find((each) => loginOf(each) === login && each.status === "ACTIVE");
        if (user === undefined || !TARGET.test(String(fromURI))) {
            reply.code(400).type("text/html; charset=utf-8");
            return page(world, undefined);
        }
        startSession(world, reply, String(user.id));
        logSessionStart(world, request, String(user.id));
        return reply.redirect(String(fromURI), 303);
    });
}

/** What a browser is shown where Okta does not send it back to the client: an error about the client or its addresses. */
export function errorPage(sentence: string): string {
    const text = `<h1>400</h1><p>${escaped(sentence)}</p><p>An Okta emulator: Okta shows such an error as a page, too.</p>`;
    return documentWith("an error", text);
}

function page({ org }: World, target: string | undefined): string {
    const users = [...org.users.values()].filter(({ status }) => status === "ACTIVE");
    const body =
        target === undefined
            ? "<p>This sign-in has no address to go back to, or names no user who may sign in. Begin again at the app.</p>"
            : `<form method="post">${users.slice(0, 100).map(buttonOf).join("")}
<input type="hidden" name="fromURI" value="${escaped(target)}"></form>`;
    return documentWith(
        "sign in",
        `<h1>Sign in</h1><p>An Okta emulator: the chosen user is signed in, without a password.</p>${body}`,
    );
}

function documentWith(title: string, main: string): string {
    return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Okta emulator: ${title}</title><style>${STYLE}</style></head>
<body><main>${main}</main></body></html>`;
}

function buttonOf(user: Document): string {
    const { firstName, lastName } = documentOf(user.profile);
    const login = escaped(loginOf(user));
    return `<button name="login" value="${login}"><b>${escaped(`${firstName} ${lastName}`)}</b><br>${login}</button>`;
}

function escaped(text: string): string {
    return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

const STYLE = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}main{max-width:24rem;margin:4rem auto;padding:0 1rem}
button{display:block;width:100%;margin:.5rem 0;padding:.6rem 1rem;font:inherit;text-align:left;border:1px solid #8888;border-radius:8px;
background:transparent;color:inherit;cursor:pointer}`;
