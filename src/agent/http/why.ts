import type { FastifyInstance } from "fastify";

import { hasCode } from "../../core/errors/errors";
import { whyOfView } from "../../core/why/factsOfView";
import { whyDocument } from "../../core/why/why";
import { NOT_LEADING, STANDBY } from "./standby";
import type { ServerOptions } from "./types";

/** Longer than a chain of a hundred addresses. */
const LONGEST = 2_000;

/**
 * `GET /api/why?subject=ana@example.com`, or an address, or an IP chain: why they are in or not, as `zonekeeper why --json`
 * has it, by what this agent knows; it asks Okta nothing.
 *
 *   status   because
 *   200      the answer
 *   400      the subject is none of these
 *   503      this agent stands by
 */
export function addWhy(app: FastifyInstance, { view, clock }: Pick<ServerOptions, "view" | "clock">): void {
    app.get<{ Querystring: { readonly subject?: unknown } }>(
        "/api/why",
        { config: { kind: "read", allowance: "reads" } },
        async ({ query: { subject = "" } }, reply) => {
            const now = view();
            if (!now.isLeading) return reply.code(503).send({ error: STANDBY, code: NOT_LEADING });
            if (typeof subject !== "string" || subject.length > LONGEST) {
                return reply.code(400).send({ error: "subject is not one login, address or IP chain" });
            }
            try {
                return whyDocument(whyOfView(now, subject, clock.now()));
            } catch (error) {
                if (!hasCode(error, "bad-input")) throw error;
                return reply.code(400).send({ error: error.message });
            }
        },
    );
}
