import type { FastifyInstance, onRequestAsyncHookHandler } from "fastify";

import type { DeskOptions } from "./port";

/** All grants in one delivery are as long as a file of them may be. */
const MOST_BYTES = 32 * 1024 * 1024;

/** A body is in memory before its signature can be looked at, so that few at once may be longer than others. */
const LONG = { bytes: 1_048_576, atOnce: 2 };

/**
 * `POST /hooks/grants`: hands the bytes as they came to the source, which knows the signature. Of bodies over 1 MiB
 * two are taken at once; a third is to come again.
 */
export function addHook(app: FastifyInstance, options: Pick<DeskOptions, "acceptWebhook">): void {
    const { acceptWebhook } = options;
    const config = { kind: "open", allowance: "hooks" } as const;
    app.post("/hooks/grants", { config, bodyLimit: MOST_BYTES, onRequest: admitLong() }, async (request, reply) => {
        if (acceptWebhook === undefined) {
            return reply.code(404).send({ error: "this agent's source is not a webhook" });
        }
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        const answer = await acceptWebhook({ headers: flat(request.headers), body });
        if (answer.status === 503) reply.header("retry-after", 5);
        return reply.code(answer.status).send(answer.body);
    });
}

/** Counts the long bodies that are on their way; one of unknown length may be long. */
function admitLong(): onRequestAsyncHookHandler {
    let underway = 0;
    return async ({ headers }, reply) => {
        const { "content-length": length = headers["transfer-encoding"] === undefined ? 0 : Infinity } = headers;
        if (Number(length) <= LONG.bytes) return;
        if (underway >= LONG.atOnce) {
            reply.code(503).header("retry-after", 5).header("connection", "close");
            return reply.send({ error: "two long deliveries are on their way: send it again in 5 s" });
        }
        underway += 1;
        reply.raw.once("close", () => {
            underway -= 1;
        });
    };
}

function flat(headers: Readonly<Record<string, string | string[] | undefined>>): Readonly<Record<string, string>> {
    return Object.fromEntries(
        Object.entries(headers).flatMap(([name, value]) =>
            value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value]],
        ),
    );
}
