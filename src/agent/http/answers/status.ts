import { Readable } from "node:stream";
import type { FastifyInstance } from "fastify";

import { quote } from "../../../core/errors/quote";
import type { ServerOptions } from "../types";
import { isOfAll, membershipsOf, viewFor } from "../whichMembership";
import { type GrantsShown, statusDocument } from "./statusDocument";

const SHOWN: readonly GrantsShown[] = ["all", "active", "none"];

/** `GET /api/status?grants=all|active|none`, with `&membership=NAME` of that one alone. */
export function addStatus(app: FastifyInstance, options: ServerOptions): void {
    const { clock, version } = options;
    app.get<{ Querystring: { readonly grants?: unknown; readonly membership?: unknown } }>(
        "/api/status",
        { config: { kind: "read", allowance: "reads" } },
        async ({ query: { grants = "all", membership } }, reply) => {
            const shown = SHOWN.find((each) => each === grants);
            if (shown === undefined) {
                return reply.code(400).send({ error: `grants is ${quote(grants)}, and may be ${SHOWN.join(", ")}` });
            }
            const asked = viewFor(options, membership);
            if ("problem" in asked) return reply.code(404).send({ error: asked.problem });
            const all = membershipsOf(options);
            const each = isOfAll(membership) ? all : all.filter(({ name }) => name === membership);
            const now = new Date(clock.now()).toISOString();
            reply.type("application/json; charset=utf-8");
            return reply.send(Readable.from(statusDocument(asked.view, each, shown, now, version)));
        },
    );
}
