import type { FastifyInstance, FastifyReply } from "fastify";

import { codeNamed } from "../../../core/errors/codes";
import { activeDenials, type Denial, userKey } from "../../../core/membership/denials";
import { MOST_DENIALS } from "../../denials/denials";
import { tellDenial } from "../../denials/denialsDocument";
import type { AgentView } from "../../status/view";
import type { ServerOptions } from "../types";
import { readDenial, readLifting } from "./denyBody";

/** The limit of a body, far above any denial. */
const MOST_BYTES = 16_384;

const CHANGE = { config: { kind: "change", allowance: "denials" }, bodyLimit: MOST_BYTES } as const;

/**
 * The kill switch. A denial takes effect immediately, whatever a source, the configuration or the brake decides,
 * and survives restarts.
 *
 * `POST /api/deny` with `{"user" | "address" | "grant": …, "until": …, "reason": …, "by": …}`:
 *
 *   status   because
 *   201      denied: {"id": …, …}, with a `note` where no grant that is known now matches
 *   200      it was denied already, with the same end and reason
 *   202      as 201, but this agent is a standby: the leader has to receive the denial as well
 *   400      the body is wrong
 *   401 403  the token is wrong or missing; none is set
 *   409      there are 1,000 denials already
 *   500      it is denied, and could not be written down: a restart would forget it
 *
 * `GET /api/deny` lists the denials in force. `DELETE /api/deny/ID` lifts one, optionally with `{"by", "reason"}`:
 * 200, 202 (this agent is a standby), 404, or 500 if it could not be written and stays.
 */
export function addDeny(app: FastifyInstance, { view, denials, clock }: ServerOptions): void {
    const told = (denial: Parameters<typeof tellDenial>[0]) => ({ until: null, ...tellDenial(denial) });
    const note = (what: string) => {
        if (view().isLeading) return {};
        return {
            note: denials.isShared
                ? `this agent stands by: the one that leads finds ${what} in the state folder that they share`
                : `this agent stands by: ${what} counts here once it leads; tell the agent that leads as well`,
        };
    };

    app.post("/api/deny", CHANGE, async (request, reply) => {
        const read = readDenial(request.body, clock.now(), `a client at ${request.ip}`);
        if ("problem" in read) return reply.code(400).send({ error: read.problem });
        const added = await denials.add(read.denial);
        if ("problem" in added) {
            const error = `there are ${MOST_DENIALS} denials already: lift some, or deny a range`;
            return reply.code(409).send({ error });
        }
        const standby = note("the denial");
        const answer = { ...told(added.denial), ...unmatched(added.denial, view()), ...standby };
        if (added.unkept !== undefined) {
            const error = `it is denied, but could not be written down (${added.unkept}): a restart would forget it; send it again once that is mended`;
            return reply.code(500).send({ error, code: UNKEPT, ...answer });
        }
        return reply.code(statusOf(added.isNew, "note" in standby)).send(answer);
    });

    app.get("/api/deny", { config: { kind: "read", allowance: "reads" } }, async () => ({
        denials: activeDenials(denials.list(), clock.now()).map(told),
    }));

    app.delete<{ Params: { readonly id: string } }>("/api/deny/:id", CHANGE, async (request, reply) => {
        const who = readLifting(request.body, `a client at ${request.ip}`);
        if ("problem" in who) return reply.code(400).send({ error: who.problem });
        const lifted = await denials.lift(request.params.id, who);
        if ("problem" in lifted) return notThere(reply, request.params.id);
        if ("unkept" in lifted) {
            const error = `it is denied still, as the change could not be written down: ${lifted.unkept}`;
            return reply.code(500).send({ error, code: UNKEPT });
        }
        const answer = { lifted: told(lifted.denial), ...note("the change") };
        return reply.code("note" in answer ? 202 : 200).send(answer);
    });
}

/** A denial that no grant matches may have a spelling mistake, or name a user in another way than the grants do. */
function unmatched({ user, grant }: Denial, { grants }: AgentView): { readonly note?: string } {
    if (grant !== undefined && !grants.some(({ id }) => id === grant)) {
        return { note: "no grant that is known now has this id" };
    }
    if (user === undefined || grants.some((each) => each.user !== undefined && userKey(each.user) === userKey(user)))
        return {};
    return {
        note: "no grant that is known now names this user so; a grant may give the login or the id, and only memberships with a group take both for one",
    };
}

const UNKEPT = codeNamed("denial-unkept").code;

function statusOf(isNew: boolean, isStandby: boolean): number {
    if (isStandby) return 202;
    return isNew ? 201 : 200;
}

function notThere(reply: FastifyReply, id: string): FastifyReply {
    return reply
        .code(404)
        .send({ error: `there is no denial ${JSON.stringify(id.slice(0, 80))}; GET /api/deny lists them` });
}
