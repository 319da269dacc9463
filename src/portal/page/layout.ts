import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { FastifyReply } from "fastify";

import { html, type Markup } from "../../agent/page/markup";

/** The icon of the page: a keyhole, the same as on the status page. */
const ICON =
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='4' fill='%230b6b4f'/%3E%3Cpath d='M8 3.6a2.4 2.4 0 0 1 1.2 4.5l.8 4.3H6l.8-4.3A2.4 2.4 0 0 1 8 3.6z' fill='white'/%3E%3C/svg%3E";

export interface Assets {
    readonly style: string;
    readonly script: string;
    /** A part of the addresses of both, so that a browser may keep them for ever. */
    readonly version: string;
}

let assets: Assets | undefined;

/** Files of the package, read once. */
export function readAssets(): Assets {
    if (assets === undefined) {
        const [style, script] = ["portal.css", "portal.js"].map((name) =>
            readFileSync(join(__dirname, name), "utf8"),
        ) as [string, string];
        const version = createHash("sha256").update(style).update(script).digest("base64url").slice(0, 12);
        assets = { style, script, version };
    }
    return assets;
}

export interface LayoutOptions {
    readonly title: string;
    readonly nowMs: number;
    readonly version: string;
    /** What stands at the right of the top line. */
    readonly top?: Markup | undefined;
    readonly main: Markup;
    /** What is shown, for a page that keeps itself up to date: see shownTo. */
    readonly shown?: string;
}

/** A whole page. It has no inline code, and asks no other host for anything. */
export function layout({ title, nowMs, version, top, main, shown }: LayoutOptions): string {
    const { version: tag } = readAssets();
    const script = shown !== undefined ? html`<script src="/assets/${tag}/portal.js" defer></script>` : html``;
    return html`<!doctype html>
<html lang="en" data-now="${nowMs}" data-shown="${shown ?? ""}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title}</title>
<link rel="icon" href="${ICON}">
<link rel="stylesheet" href="/assets/${tag}/portal.css">
${script}
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header class="top"><p class="brand">${glyph()} <span class="brand-name">Zonekeeper</span></p>${top ?? html``}</header>
<main id="content" tabindex="-1">
${main}
</main>
<footer><p>Okta looks at your address when you sign in to an app, and needs about a minute to spread a change to all its servers.</p>
<p>Zonekeeper ${version}. Nothing on this page comes from, or goes to, another host.</p></footer>
<p id="announcer" class="unseen" aria-live="polite"></p>
</body>
</html>
`.markup;
}

/**
 * Sends a page under a policy that lets in the portal's own style and script, and nothing else. Forms may lead to the
 * provider, where a sign-in and a sign-out go on.
 */
export function sendPage(reply: FastifyReply, page: string, providers: readonly string[]): FastifyReply {
    const policy = [
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "connect-src 'self'",
        "img-src data:",
        ["form-action 'self'", ...providers].join(" "),
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ].join("; ");
    return reply.header("content-security-policy", policy).type("text/html; charset=utf-8").send(page);
}

function glyph(): Markup {
    return html`<svg aria-hidden="true" viewBox="0 0 16 16" width="22" height="22"><rect class="plate" width="16" height="16" rx="4"/>
<path class="hole" d="M8 3.6a2.4 2.4 0 0 1 1.2 4.5l.8 4.3H6l.8-4.3A2.4 2.4 0 0 1 8 3.6z"/></svg>`;
}
