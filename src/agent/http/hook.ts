import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

import type { DeskOptions } from "./port";

/** The longest body: what the source reads at most. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** A body is large from here on, as one with all grants may be; no more of these at once, as anybody may send one. */
const [LARGE_BYTES, MOST_LARGE] = [1_048_576, 2];

/** `POST /hooks/grants`: hands the bytes as they came to the source, which knows the signature. */
export function addHook(app: FastifyInstance, options: Pick<DeskOptions, "acceptWebhook">): void {
    const { acceptWebhook } = options;
    const route = { config: { kind: "open", allowance: "hooks" }, bodyLimit: MAX_BODY_BYTES } as const;
    app.post("/hooks/grants", { ...route, ...fewLarge() }, async (request, reply) => {
        if (acceptWebhook === undefined) {
            return reply.code(404).send({ error: "this agent's source is not a webhook" });
        }
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        const answer = await acceptWebhook({ headers: flat(request.headers), body });
        if (answer.status === 503) reply.header("retry-after", 5);
        return reply.code(answer.status).send(answer.body);
    });
}

/** Lets few large bodies in at once. One that does not say how long it is counts as large. */
function fewLarge() {
    const large = new Set<FastifyRequest>();
    return {
        async preParsing(request: FastifyRequest, reply: FastifyReply) {
            const unsaid = request.headers["transfer-encoding"] === undefined ? 0 : MAX_BODY_BYTES;
            const length = Number(request.headers["content-length"] ?? unsaid);
            if (length <= LARGE_BYTES || length > MAX_BODY_BYTES) return;
            if (large.size >= MOST_LARGE) {
                const error = "other large deliveries are on their way: send it again later";
                reply.code(503).header("retry-after", 5).send({ error });
                return;
            }
            large.add(request);
            reply.raw.once("close", () => large.delete(request));
        },
        async onSend(request: FastifyRequest) {
            large.delete(request);
        },
    };
}

function flat(headers: Readonly<Record<string, string | string[] | undefined>>): Readonly<Record<string, string>> {
    return Object.fromEntries(
        Object.entries(headers).flatMap(([name, value]) =>
            value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value]],
        ),
    );
}
