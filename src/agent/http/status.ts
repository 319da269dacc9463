import { Readable } from "node:stream";
import type { FastifyInstance } from "fastify";

import { quote } from "../../core/errors/quote";
import { type GrantsShown, statusDocument } from "./statusDocument";
import type { ServerOptions } from "./types";

const SHOWN: readonly GrantsShown[] = ["all", "active", "none"];

/** `GET /api/status?grants=all|active|none` */
export function addStatus(app: FastifyInstance, { view, clock, version }: ServerOptions): void {
    app.get<{ Querystring: { readonly grants?: unknown } }>(
        "/api/status",
        { config: { kind: "read", allowance: "reads" } },
        async ({ query: { grants = "all" } }, reply) => {
            const shown = SHOWN.find((each) => each === grants);
            if (shown === undefined) {
                return reply.code(400).send({ error: `grants is ${quote(grants)}, and may be ${SHOWN.join(", ")}` });
            }
            const now = new Date(clock.now()).toISOString();
            reply.type("application/json; charset=utf-8");
            return reply.send(Readable.from(statusDocument(view(), shown, now, version)));
        },
    );
}
