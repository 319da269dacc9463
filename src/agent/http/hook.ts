import type { FastifyInstance } from "fastify";

import type { DeskOptions } from "./port";

/** `POST /hooks/grants`: hands the bytes as they came to the source, which knows the signature. */
export function addHook(app: FastifyInstance, options: Pick<DeskOptions, "acceptWebhook">): void {
    const { acceptWebhook } = options;
    app.post("/hooks/grants", { config: { kind: "open", allowance: "hooks" } }, async (request, reply) => {
        if (acceptWebhook === undefined) {
            return reply.code(404).send({ error: "this agent's source is not a webhook" });
        }
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        const answer = await acceptWebhook({ headers: flat(request.headers), body });
        if (answer.status === 503) reply.header("retry-after", 5);
        return reply.code(answer.status).send(answer.body);
    });
}

function flat(headers: Readonly<Record<string, string | string[] | undefined>>): Readonly<Record<string, string>> {
    return Object.fromEntries(
        Object.entries(headers).flatMap(([name, value]) =>
            value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value]],
        ),
    );
}
