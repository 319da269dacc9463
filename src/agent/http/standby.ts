import type { FastifyReply } from "fastify";

export const STANDBY = "this agent stands by: ask the one that leads";

/** To whoever asks an agent that stands by for what only the one that leads can do; senders of webhooks come back. */
export function sendStandby(reply: FastifyReply): FastifyReply {
    return reply.code(503).header("retry-after", 5).send({ error: STANDBY });
}
