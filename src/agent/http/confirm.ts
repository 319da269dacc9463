import type { FastifyInstance } from "fastify";
import { z } from "zod";

import type { DeskOptions } from "./port";

const BODY = z.strictObject({
    held: z.array(z.string()).optional(),
    by: z.string().min(1).max(200).optional(),
});

/**
 * `POST /api/confirm` with `{"held": ["203.0.113.7/32", …], "by": "mia"}`: lets
 * the agent carry out what `maxRemovals` holds. Without `held` it is whatever is
 * held now, as `--confirm-removals` does it.
 *
 *   status   because
 *   200      it is confirmed: {"confirmed": […]}
 *   400      the body is something else
 *   401 403  the token is wrong or missing; none is set
 *   409      nothing is held, or not what the caller saw
 */
export function addConfirm(app: FastifyInstance, { view, confirm }: Pick<DeskOptions, "view" | "confirm">): void {
    app.post("/api/confirm", { config: { kind: "change", allowance: "changes" } }, async (request, reply) => {
        const body = readBody(request.body);
        if (body === undefined) {
            return reply.code(400).send({ error: 'the body is not {"held": ["203.0.113.7/32"], "by": "NAME"}' });
        }
        const now = view().held;
        if (now.length === 0) return reply.code(409).send({ error: "nothing is held" });
        const { held = now, by = `somebody at ${request.ip}` } = body;
        if (!isSameSet(held, now)) {
            return reply.code(409).send({ error: "what is held has changed: look at it again", held: now });
        }
        const { confirmed } = await confirm(now, by);
        if (confirmed.length === 0) return reply.code(409).send({ error: "nothing is held any more" });
        return { confirmed };
    });
}

/** An empty body says nothing, and is none that is wrong. */
function readBody(body: unknown): z.output<typeof BODY> | undefined {
    if (!Buffer.isBuffer(body) || body.length === 0) return {};
    try {
        return BODY.safeParse(JSON.parse(body.toString("utf8"))).data;
    } catch (error) {
        if (error instanceof SyntaxError) return undefined;
        throw error;
    }
}

function isSameSet(a: readonly string[], b: readonly string[]): boolean {
    const known = new Set(b);
    return new Set(a).size === known.size && a.every((each) => known.has(each));
}
