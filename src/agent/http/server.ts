import { type FastifyInstance, type FastifyReply, fastify } from "fastify";
import type { Clock } from "../../clock";
import { fail } from "../../core/errors/errors";
import { quote } from "../../core/errors/quote";
import type { Address } from "../../core/settings/agentSettings";
import { openOktaAnswers } from "../status/oktaAnswers";
import { addCodePages } from "./answers/codePage";
import { addCodes, withCode } from "./answers/codes";
import { openEventStream } from "./answers/eventStream";
import { addEvents } from "./answers/events";
import { addPage } from "./answers/page";
import { addProbes } from "./answers/probes";
import { addStatus } from "./answers/status";
import { addWhy } from "./answers/why";
import { addGuard } from "./caller/guard";
import { limitConnections } from "./limits/connections";
import { listenProblem } from "./listenProblem";
import { NO_SCHEMAS } from "./noSchemas";
import { addConfirm } from "./orders/confirm";
import { addDeny } from "./orders/deny";
import { methodsOf, PATHS } from "./routes";
import type { Server, ServerOptions } from "./types";
import { addWebhook } from "./webhook/webhook";

/** The time for receiving a request, headers and body; browsers on a slow network need a few seconds. */
const REQUEST_TIMEOUT_MS = 10_000;
/** The time-out of an idle connection; longer than the heartbeat of the events. */
const IDLE_TIMEOUT_MS = 60_000;
/** How long requests in progress may take when the server closes; a standby waits for the leadership meanwhile. */
const CLOSE_MS = 1_000;
const CONNECTIONS = { most: 256, mostPerPeer: 64 };
const MAX_BODY_BYTES = 1_048_576;
/** The status for each parse error of Node; 400 for all others. */
const STATUS_OF: Readonly<Record<string, string>> = {
    HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
    ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
};
const AUDIENCE = { maxMembers: 32, maxPendingBytes: 65_536, beatMs: 15_000 };

/**
 * Starts the HTTP server of the agent: probes, metrics, status, page, events, webhooks
 * and the confirmation.
 *
 * @throws `bad-input` if the address cannot be listened on, or the token is too short
 */
export async function startServer(options: ServerOptions): Promise<Server> {
    const { listen, subscribe, clock, requestTimeoutMs = REQUEST_TIMEOUT_MS } = options;
    const app = fastify({
        logger: false,
        schemaController: NO_SCHEMAS,
        bodyLimit: MAX_BODY_BYTES,
        requestTimeout: requestTimeoutMs,
        // Node's default of a minute would apply to the body: the shorter of both limits is for the head.
        http: { headersTimeout: requestTimeoutMs, connectionsCheckingInterval: Math.ceil(requestTimeoutMs / 10) },
        connectionTimeout: IDLE_TIMEOUT_MS,
        keepAliveTimeout: 5_000,
        forceCloseConnections: "idle",
        frameworkErrors(_error, _request, reply) {
            (reply as FastifyReply).code(400).send(withCode({ error: "the request's path is malformed" }, 400));
        },
        clientErrorHandler(error, socket) {
            const status = STATUS_OF[error.code] ?? "400 Bad Request";
            if (socket.writable) socket.write(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
            // A half-closed connection would wait for the client, which may never close it.
            socket.destroySoon();
        },
    });
    limitConnections(app.server, CONNECTIONS);
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
    addCodes(app);
    addProblems(app, options);
    const guard = addGuard(app, options);
    addProbes(app, options, guard);
    addStatus(app, options);
    const fromOkta = openOktaAnswers(options.askOkta, options.clock);
    addWhy(app, options, fromOkta);
    addPage(app, options, fromOkta);
    addCodePages(app);
    addWebhook(app, options, guard);
    addConfirm(app, options, guard);
    addDeny(app, options);
    const audience = openEventStream({ ...AUDIENCE, clock });
    const unsubscribe = addEvents(app, audience, { clock, subscribe });
    await app.listen({ ...listen }).catch((cause: NodeJS.ErrnoException) => {
        unsubscribe();
        return fail("bad-input", `cannot listen on ${nameOf(listen)}: ${listenProblem(cause)}`, { cause });
    });
    return {
        url: `http://${nameOf(boundTo(app) ?? listen)}`,
        async close() {
            unsubscribe();
            audience.close();
            await closeWithin(app, CLOSE_MS, clock);
        },
    };
}

/** Node does not count a connection without a request as idle, and browsers keep such connections. */
async function closeWithin(app: FastifyInstance, ms: number, clock: Clock): Promise<void> {
    const closed = new AbortController();
    const late = clock.sleep(ms, closed.signal).then(
        () => app.server.closeAllConnections(),
        () => {},
    );
    await app.close();
    closed.abort();
    await late;
}

/** Where it listens: fastify's own answer names 127.0.0.1 for every address of the machine. */
function boundTo(app: FastifyInstance): Address | undefined {
    const bound = app.server.address();
    return typeof bound === "object" && bound !== null ? { host: bound.address, port: bound.port } : undefined;
}

function nameOf({ host, port }: Address): string {
    return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Answers each failure with one sentence in JSON; unexpected errors are only logged. */
function addProblems(app: FastifyInstance, { report }: ServerOptions): void {
    app.setNotFoundHandler({}, (request, reply) => {
        const known = `${PATHS.slice(0, -1).join(", ")} and ${PATHS.at(-1)}`;
        const [path = ""] = request.url.split("?");
        const hasHead = app.hasRoute({ method: "HEAD", url: path });
        const takes = methodsOf(path).flatMap((method) => (method === "GET" && hasHead ? ["GET", "HEAD"] : [method]));
        if (takes.length > 0) {
            const error = `${quote(path)} takes ${takes.join(" and ")}, not ${request.method}`;
            return reply.code(405).header("allow", takes.join(", ")).send({ error });
        }
        return reply.code(404).send({ error: `there is no ${request.method} ${quote(path)}; there are ${known}` });
    });
    app.setErrorHandler((error: Error & { readonly statusCode?: number }, request, reply) => {
        const { statusCode: status = 500 } = error;
        if (status === 413) {
            const { bodyLimit } = request.routeOptions;
            return reply.code(413).send({ error: `the body is larger than ${bodyLimit} bytes` });
        }
        if (status >= 400 && status < 500) return reply.code(status).send({ error: "the request is malformed" });
        report(error);
        return reply.code(500).send({ error: "the agent cannot answer this; its log says why" });
    });
}
