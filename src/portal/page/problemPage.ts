import type { FastifyReply } from "fastify";

import { html, type Markup } from "../../agent/page/markup";
import { codeNamed } from "../../core/errors/codes";
import type { PortalContext } from "../context";
import type { Problem } from "../problem";
import { layout, sendPage } from "./layout";
import { ended } from "./sentence";

const HEADINGS: Readonly<Record<number, string>> = {
    401: "Sign in again",
    404: "Not found",
    429: "Too many requests",
    503: "Not possible right now",
};

/** What a browser shows where something could not be done. */
export function problemPage(
    { provider, now, version }: Pick<PortalContext, "provider" | "now" | "version">,
    reply: FastifyReply,
    { status, code, sentence }: Problem,
    form?: Markup,
): FastifyReply {
    const row = codeNamed(code);
    const again =
        status === 401
            ? html`<form method="post" action="/login"><button class="primary">Sign in</button></form>`
            : form !== undefined
              ? html`<div class="again">${form}<p><a href="/">Back to the portal</a></p></div>`
              : html`<p><a class="button" href="/">Back to the portal</a></p>`;
    const kept =
        status === 401 && form !== undefined
            ? html`<p class="note">What you entered is kept, and shown to you after you have signed in. Nothing is sent until you send it.</p>`
            : html``;
    const main = html`<section class="message">
<h1>${HEADINGS[status] ?? "That did not work"}</h1>
<p class="lead problem">${ended(sentence)} <a class="code" href="/errors/${row.code}">${row.code}</a></p>
<p class="note">${row.remedy}</p>${kept}
${again}
</section>`;
    const page = layout({ title: "Zonekeeper portal: a problem", nowMs: now(), version, main });
    return sendPage(reply, page, provider.origins());
}
