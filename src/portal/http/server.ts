import cookie from "@fastify/cookie";
import helmet from "@fastify/helmet";
import rateLimit from "@fastify/rate-limit";
import { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from "fastify";
import { isThisMachine } from "../../agent/http/caller/peer";
import { limitConnections } from "../../agent/http/limits/connections";
import { listenProblem } from "../../agent/http/listenProblem";
import { NO_SCHEMAS } from "../../agent/http/noSchemas";
import { fail, hasCode } from "../../core/errors/errors";
import { isTrustedProxy } from "../../core/portal/clientAddress";
import { addEvents } from "../api/events";
import { addOpenApi } from "../api/openApi";
import { addApi } from "../api/routes";
import { toldOf } from "../callers";
import type { PortalContext } from "../context";
import { addErrorPages } from "../page/errorPages";
import { problemPage } from "../page/problemPage";
import { addPage } from "../page/routes";
import { type Problem, problemDocument, problemOf, refuse } from "../problem";
import { openWorkloads } from "../workloads";
import { openAuthentication } from "./authenticate";
import { type Cookies, openCookies } from "./cookies";
import { addDeviceFlow } from "./deviceFlow";
import { type KnownCallers, openKnownCallers, rateLimits } from "./limits";
import { addLogin } from "./login";
import { openMethods } from "./methods";
import { addProbes, type Readiness } from "./probes";
import { addProviderCalls } from "./providerCalls";
import { addBodies, MOST_BODY_BYTES, originOf, textIn } from "./request";
import { unreadableRequests } from "./unreadable";

const [REQUEST_MS, IDLE_MS] = [10_000, 60_000];
const CONNECTIONS = { most: 16_384, mostPerPeer: 1024 };

export interface PortalServer {
    readonly url: string;
    close(): Promise<void>;
}

export interface PortalServerOptions {
    readonly fetch: typeof globalThis.fetch;
    /** Calls back whenever grants or requests may have changed; gives back how to stop that. */
    readonly subscribe: (listener: () => void) => () => void;
    readonly notReady: Readiness;
    /** How long a request may take to arrive. @default 10 s */
    readonly requestTimeoutMs?: number;
}

/** Opens the portal's HTTP side. @throws `bad-input` where the address cannot be listened on */
export async function startPortalServer(context: PortalContext, options: PortalServerOptions): Promise<PortalServer> {
    const { listen, url } = context.settings;
    const cookies = openCookies(url);
    const known = openKnownCallers();
    const app = await createApp(context, cookies, known, options.requestTimeoutMs ?? REQUEST_MS);
    const workloads = openWorkloads(context, options.fetch);
    const authentication = openAuthentication(context, { cookies, workloads, known });
    addProbes(app, context, options.notReady);
    addLogin(app, context, { cookies, authentication });
    addProviderCalls(app, context, options.fetch);
    addDeviceFlow(app, context, authentication);
    addApi(app, context, authentication);
    const events = addEvents(app, context, authentication, options.subscribe);
    addOpenApi(app, context);
    addErrorPages(app, context);
    addPage(app, context, { authentication, cookies });
    await app
        .listen({ ...listen })
        .catch((cause: NodeJS.ErrnoException) =>
            fail("bad-input", `cannot listen on ${listen.host}:${listen.port}: ${listenProblem(cause)}`, { cause }),
        );
    const bound = app.server.address();
    const port = typeof bound === "object" && bound !== null ? bound.port : listen.port;
    const host = listen.host.includes(":") ? `[${listen.host}]` : listen.host;
    return {
        url: `http://${host}:${port}`,
        async close() {
            events.close();
            await app.close();
        },
    };
}

/** Fastify with all that holds for every request: sizes, times, headers, the portal's own name, how often, and how errors are told. */
async function createApp(
    context: PortalContext,
    cookies: Cookies,
    known: KnownCallers,
    requestMs: number,
): Promise<FastifyInstance> {
    const { settings } = context;
    const { trustedProxies } = settings;
    const app = fastify({
        logger: false,
        schemaController: NO_SCHEMAS,
        bodyLimit: MOST_BODY_BYTES,
        requestTimeout: requestMs,
        http: { headersTimeout: requestMs, connectionsCheckingInterval: Math.ceil(requestMs / 10) },
        connectionTimeout: IDLE_MS,
        keepAliveTimeout: 5_000,
        forceCloseConnections: true,
        // The name of a person may have 320 characters, each of which may be 12 in a path.
        routerOptions: { maxParamLength: 4_096 },
        ...unreadableRequests(settings.url),
    });
    const isProxy = (peer: string | undefined) => isThisMachine(peer) || isTrustedProxy(peer, trustedProxies);
    limitConnections(app.server, { ...CONNECTIONS, isShared: isProxy });
    const methodsAt = openMethods(app);
    addBodies(app);
    addErrors(app, context);
    await app.register(cookie);
    await app.register(helmet, helmetOptions(settings.url));
    await app.register(rateLimit, rateLimits(settings, cookies, known));
    app.addHook("onRequest", async (request, reply) => {
        reply.header("cache-control", "no-store");
        if (request.routeOptions.config.isOpen !== true) originOf(request, settings);
        // Before a body is read, which no route would take.
        if (request.is404) refuseUnknown(methodsAt(request.url));
    });
    return app;
}

function refuseUnknown(methods: readonly string[]): never {
    if (methods.length === 0) return refuse(404, "portal-missing", "there is no such page");
    const sentence = `this takes ${methods.join(" and ")}`;
    return refuse(405, "portal-malformed", sentence, { allow: methods.join(", ") });
}

function helmetOptions(url: string) {
    const isHttps = url.startsWith("https:");
    return {
        contentSecurityPolicy: {
            useDefaults: false,
            directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
        },
        crossOriginResourcePolicy: { policy: "same-origin" },
        crossOriginOpenerPolicy: { policy: "same-origin" },
        // With no-referrer a browser would say of the portal's own forms that they come from nowhere.
        referrerPolicy: { policy: "same-origin" },
        frameguard: { action: "deny" },
        strictTransportSecurity: isHttps && { maxAge: 31_536_000 },
        xPoweredBy: false,
    } as const;
}

/** Whether the answer is for a browser, which gets a page. */
function wantsPage({ headers, url }: FastifyRequest): boolean {
    return !url.startsWith("/api/") && (headers.accept ?? "").includes("text/html");
}

function addErrors(app: FastifyInstance, context: PortalContext): void {
    const send = (request: FastifyRequest, reply: FastifyReply, problem: Problem) => {
        reply.code(problem.status).headers({ ...problem.headers });
        if (wantsPage(request)) return problemPage(context, reply, problem, request.again);
        return reply
            .type("application/problem+json; charset=utf-8")
            .serializer((body: unknown) => JSON.stringify(body))
            .send(problemDocument(problem, context.settings.url));
    };
    app.setErrorHandler(async (error: FastifyError, request, reply) => {
        const problem = problemFor(error, context);
        await auditRefusal(context, request, reply, problem).catch(context.report);
        return send(request, reply, problem);
    });
}

/** What somebody who is known wanted to do and may not, with an id by which they can ask about it. */
async function auditRefusal(
    context: PortalContext,
    { method, caller, body }: FastifyRequest,
    reply: FastifyReply,
    { status, sentence }: Problem,
): Promise<void> {
    if (caller === undefined || ["GET", "HEAD"].includes(method) || status >= 500 || status === 429) return;
    const request = context.newId("r-");
    reply.header("x-request-id", request);
    const access = textIn(body, "access")?.slice(0, 80);
    const what = { request, ...toldOf(caller), ...(access !== undefined && { access }) };
    await context.audit({ type: "portal.refused", ...what, why: sentence });
}

const OF_STATUS: Readonly<Record<number, string>> = {
    413: `the body is larger than ${MOST_BODY_BYTES} bytes`,
    415: "the body is neither JSON nor a form",
};

function problemFor(error: FastifyError, { report }: PortalContext): Problem {
    const problem = problemOf(error);
    if (problem !== undefined) return problem;
    if (hasCode(error, "source-unreadable")) {
        report(error);
        return {
            status: 503,
            code: "portal-unavailable",
            sentence:
                "the portal's store cannot be used now; nothing has changed. Who runs the portal finds in its log what to do",
        };
    }
    if (hasCode(error, "ledger-unwritable")) {
        report(error);
        return {
            status: 503,
            code: "portal-unavailable",
            sentence: "the portal's ledger cannot be written now, so nobody is let in; nothing has changed",
        };
    }
    const { statusCode: status = 500 } = error;
    if (status >= 400 && status < 500) {
        return { status, code: "portal-malformed", sentence: OF_STATUS[status] ?? "the request cannot be read" };
    }
    report(error);
    return { status: 500, code: "failed", sentence: "the portal cannot answer this; its log says why" };
}
