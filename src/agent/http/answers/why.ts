import type { FastifyInstance } from "fastify";

import { hasCode } from "../../../core/errors/errors";
import { decisive, severalDocument, whyOfViews } from "../../../core/why/whyOfSeveral";
import { gathered, viewAbout } from "../../status/gathered";
import type { openOktaAnswers } from "../../status/oktaAnswers";
import { withFields } from "../../status/withFields";
import type { ServerOptions } from "../types";
import { isOfAll, viewFor } from "../whichMembership";
import { NOT_LEADING, STANDBY } from "./standby";

/** Longer than a chain of a hundred addresses. */
const LONGEST = 2_000;

/**
 * `GET /api/why?subject=ana@example.com`, or an address, or an IP chain: why they are in or not, as `zonekeeper why --json`
 * has it, by what this agent knows. With several memberships, of all, or of `&membership=NAME`. With `&okta=true` it asks Okta
 * as well, as openOktaAnswers does; where that fails, `problem` says why, and the rest is what the agent knows.
 *
 *   status   because
 *   200      the answer
 *   400      the subject is none of these
 *   404      there is no such membership
 *   503      this agent stands by
 */
export function addWhy(
    app: FastifyInstance,
    options: Pick<ServerOptions, "view" | "memberships" | "clock">,
    fromOkta: ReturnType<typeof openOktaAnswers>,
): void {
    const { clock } = options;
    app.get<{ Querystring: { readonly subject?: unknown; readonly membership?: unknown; readonly okta?: unknown } }>(
        "/api/why",
        { config: { kind: "read", allowance: "reads" } },
        async ({ query: { subject = "", membership, okta } }, reply) => {
            const of = viewFor(options, membership);
            if ("problem" in of) return reply.code(404).send({ error: of.problem });
            if (!of.view.isLeading) return reply.code(503).send({ error: STANDBY, code: NOT_LEADING });
            if (typeof subject !== "string" || subject.length > LONGEST) {
                return reply.code(400).send({ error: "subject is not one login, address or IP chain" });
            }
            try {
                const named = typeof membership === "string" && membership !== "" ? membership : undefined;
                const all = isOfAll(membership) ? options.memberships?.() : undefined;
                const views = [];
                for (const view of all ?? [withFields(of.view, { name: named })]) {
                    views.push(await viewAbout(await gathered(view), subject));
                }
                const answers = whyOfViews(views, subject, clock.now());
                if (okta !== "true") return severalDocument(decisive(answers), answers);
                const { answers: asked = answers, problem } = await fromOkta(subject, named);
                return { ...severalDocument(decisive(asked), asked), ...(problem !== undefined && { problem }) };
            } catch (error) {
                if (!hasCode(error, "bad-input")) throw error;
                return reply.code(400).send({ error: error.message });
            }
        },
    );
}
