import { type FastifyInstance, type FastifyReply, fastify } from "fastify";

import { fail } from "../../core/errors";
import { quote } from "../../core/quote";
import { openAudience } from "./audience";
import { addConfirm } from "./confirm";
import { addEvents } from "./events";
import { addGuard } from "./guard";
import { addHook } from "./hook";
import { addPage } from "./page";
import type { Desk, DeskOptions } from "./port";
import { addProbes } from "./probes";
import { addStatus } from "./status";

/** A request, headers and body, has to be there after so long; browsers on a bad line need a few seconds. */
const REQUEST_TIMEOUT_MS = 10_000;
/** A connection on which nothing moves; longer than the beat of the events. */
const IDLE_TIMEOUT_MS = 60_000;
const MAX_CONNECTIONS = 256;
const MAX_BODY_BYTES = 1_048_576;
const AUDIENCE = { maxMembers: 32, maxPendingBytes: 65_536, beatMs: 15_000 };

/**
 * Opens the agent's HTTP side: probes, metrics, status, page, events, webhooks
 * and the confirmation.
 *
 * @throws `bad-input` where the address cannot be listened on, or the token is too short
 */
export async function openDesk(options: DeskOptions): Promise<Desk> {
    const { listen, subscribe, clock } = options;
    const app = fastify({
        logger: false,
        bodyLimit: MAX_BODY_BYTES,
        requestTimeout: REQUEST_TIMEOUT_MS,
        connectionTimeout: IDLE_TIMEOUT_MS,
        keepAliveTimeout: 5_000,
        forceCloseConnections: "idle",
        frameworkErrors(_error, _request, reply) {
            (reply as FastifyReply).code(400).send({ error: "the request's path is malformed" });
        },
        clientErrorHandler(error, socket) {
            const status =
                error.code === "HPE_HEADER_OVERFLOW" ? "431 Request Header Fields Too Large" : "400 Bad Request";
            if (socket.writable) socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
        },
    });
    app.server.maxConnections = MAX_CONNECTIONS;
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
    addProblems(app, options);
    addGuard(app, options);
    addProbes(app, options);
    addStatus(app, options);
    addPage(app, options);
    addHook(app, options);
    addConfirm(app, options);
    const audience = openAudience({ ...AUDIENCE, clock });
    const unsubscribe = addEvents(app, audience, { clock, subscribe });
    const url = await app.listen({ ...listen }).catch((cause: NodeJS.ErrnoException) => {
        unsubscribe();
        return fail("bad-input", `cannot listen on ${listen.host}:${listen.port}: ${cause.code ?? cause.message}`, {
            cause,
        });
    });
    return {
        url,
        async close() {
            unsubscribe();
            audience.close();
            await app.close();
        },
    };
}

/** Each failure is one sentence in JSON; what nobody expected is for the log only. */
function addProblems(app: FastifyInstance, { report }: DeskOptions): void {
    app.setNotFoundHandler({}, (request, reply) => {
        const known = "/, /api/status, /events, /healthz, /readyz, /metrics, /hooks/grants and /api/confirm";
        const [path] = request.url.split("?");
        reply.code(404).send({ error: `there is no ${request.method} ${quote(path)}; there are ${known}` });
    });
    app.setErrorHandler((error: Error & { readonly statusCode?: number }, _request, reply) => {
        const { statusCode: status = 500 } = error;
        if (status === 413) {
            return reply.code(413).send({ error: `the body is larger than ${MAX_BODY_BYTES} bytes: send it in parts` });
        }
        if (status >= 400 && status < 500) return reply.code(status).send({ error: "the request is malformed" });
        report(error);
        return reply.code(500).send({ error: "the agent cannot answer this; its log says why" });
    });
}
