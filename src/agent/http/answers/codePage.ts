import type { FastifyInstance } from "fastify";

import { CODES } from "../../../core/errors/codeTable";
import { readAssets } from "../../page/assets";
import { codePage } from "../../page/codePage";

/** `GET /errors/ZKnnn`: the meaning and the remedy of a code; the status page links to it. */
export function addCodePages(app: FastifyInstance): void {
    const assets = readAssets();
    app.get<{ Params: { readonly code: string } }>(
        "/errors/:code",
        { config: { kind: "read", allowance: "reads" } },
        async ({ params }, reply) => {
            const row = CODES.find(({ code }) => code === params.code);
            if (row === undefined) return reply.code(404).send({ error: "there is no such code" });
            reply.type("text/html; charset=utf-8").header("content-security-policy", assets.policy);
            return codePage(row, assets);
        },
    );
}
