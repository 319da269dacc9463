import type { FastifyInstance } from "fastify";

import { html } from "../../agent/page/markup";
import { CODES } from "../../core/errors/codeTable";
import type { PortalContext } from "../context";
import { refuse } from "../problem";
import { layout, sendPage } from "./layout";

/** `GET /errors/ZK8nn`: what the `type` of a problem document leads to. */
export function addErrorPages(app: FastifyInstance, { now, version }: PortalContext): void {
    app.get<{ Params: { readonly code: string } }>("/errors/:code", async ({ params }, reply) => {
        const row = CODES.find(({ code }) => code === params.code);
        if (row === undefined) return refuse(404, "portal-missing", "there is no such code");
        const main = html`<section class="message"><p class="note">${row.code} · ${row.name}</p>
<h1>${row.meaning}</h1><p class="lead">${row.remedy}</p><p><a class="button" href="/">To the portal</a></p></section>`;
        return sendPage(reply, layout({ title: `${row.code}: ${row.name}`, nowMs: now(), version, main }), []);
    });
}
