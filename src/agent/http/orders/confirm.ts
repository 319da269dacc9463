import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

import { answerPage } from "../../page/answerPage";
import { readAssets } from "../../page/assets";
import type { MembershipView } from "../../status/view";
import { codedSentence } from "../answers/codes";
import { NOT_LEADING, STANDBY } from "../answers/standby";
import { formRefusalOf } from "../caller/authorize";
import { type Guard, isForm } from "../caller/guard";
import type { ServerOptions } from "../types";
import { viewFor } from "../whichMembership";
import { type Confirmation, readConfirmation, readConfirmationForm } from "./confirmBody";

/** The result of a confirmation. */
type Outcome =
    | { readonly status: 200; readonly confirmed: readonly string[] }
    | {
          readonly status: 400 | 401 | 403 | 404 | 409 | 503;
          readonly error: string;
          readonly code?: string;
          readonly held?: readonly string[];
      };

/** The limit of a body with a list of held addresses; a form is much shorter. */
const MOST_BYTES = 1_048_576;

const NOTHING = { status: 409, error: "nothing is held" } as const;

/**
 * `POST /api/confirm` with `{"held": ["203.0.113.7/32", …], "by": "mia", "reason": "INC-7"}`: lets the agent
 * carry out what `maxRemovals` holds. Without `held` it is whatever is held now, as `--confirm-removals` does it.
 * With several memberships `"membership": "payroll"` names one; without it, `held` may be what all of them hold, or what
 * one of them does. Without a header Authorization it takes the form of the status page, with the token in a field.
 *
 *   status   because
 *   200      it is confirmed: {"confirmed": […]}; a browser is sent back to the status page (303)
 *   400      the body is something else
 *   401 403  the token is wrong or missing; none is set; another site's page sent the form
 *   409      nothing is held, or not what the caller saw
 *   503      this agent stands by
 */
export function addConfirm(
    app: FastifyInstance,
    options: Pick<ServerOptions, "view" | "memberships" | "confirm" | "token">,
    guard: Guard,
): void {
    const { confirm, token } = options;
    const assets = readAssets();

    async function carryOut(given: Confirmation | { readonly problem: string }, ip: string): Promise<Outcome> {
        if ("problem" in given) return { status: 400, error: given.problem };
        const asked = viewFor(options, given.membership);
        if ("problem" in asked) return { status: 404, error: asked.problem };
        const { held: now, isLeading } = asked.view;
        if (!isLeading) return { status: 503, error: STANDBY, code: NOT_LEADING };
        if (now.length === 0) return NOTHING;
        const meant = meantBy(given, now, options.memberships?.());
        if (meant === undefined) return { status: 409, error: "what is held has changed: look at it again", held: now };
        const by = given.by ?? `a client at ${ip}`;
        const { confirmed } = await confirm(meant.held, by, given.reason, meant.membership);
        return confirmed.length === 0 ? { status: 409, error: "nothing is held any more" } : { status: 200, confirmed };
    }

    function answer(
        request: FastifyRequest,
        reply: FastifyReply,
        { status, ...body }: Outcome,
        back = "../",
    ): FastifyReply {
        if (status === 503) reply.header("retry-after", 5);
        if (!isForm(request) || !/\btext\/html\b/.test(request.headers.accept ?? "")) {
            return reply.code(status).send(body);
        }
        if ("confirmed" in body) return reply.code(303).header("location", back).send();
        reply.code(status).type("text/html; charset=utf-8").header("content-security-policy", assets.policy);
        return reply.send(
            answerPage({ heading: "Not confirmed", sentence: codedSentence(body, status), back, assets }),
        );
    }

    const config = { kind: "change", allowance: "changes", isFormTaken: true } as const;
    app.post("/api/confirm", { config, bodyLimit: MOST_BYTES }, async (request, reply) => {
        if (!isForm(request)) return answer(request, reply, await carryOut(readConfirmation(request.body), request.ip));
        const form = readConfirmationForm(request.body);
        const refusal = formRefusalOf({ headers: request.headers, token: token(), given: form.token });
        if (refusal !== undefined) {
            if (guard.isUsedUp("strangers", request, reply)) return reply;
            if (refusal.status === 401) reply.header("www-authenticate", 'Bearer realm="zonekeeper"');
            return answer(request, reply, refusal);
        }
        if (guard.isUsedUp("changes", request, reply)) return reply;
        const given = form.read();
        const of = "problem" in given || given.membership === undefined ? undefined : given.membership;
        const back = of === undefined ? "../" : `../?membership=${encodeURIComponent(of)}`;
        return answer(request, reply, await carryOut(given, request.ip), back);
    });
}

/** The memberships that the caller meant: all of them, or the one whose held addresses the caller saw. */
function meantBy(
    { isSeen, membership }: Confirmation,
    now: readonly string[],
    several: readonly MembershipView[] | undefined,
): { readonly held: readonly string[]; readonly membership: string | undefined } | undefined {
    if (isSeen === undefined || isSeen(now)) return { held: now, membership };
    if (membership !== undefined) return undefined;
    const one = several?.find(({ held }) => held.length > 0 && isSeen(held));
    return one && { held: one.held, membership: one.name };
}
