import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

import { checkAccess, isProtected } from "../access/access";
import { CONTROL } from "../control";
import type { Act } from "../faults/faults";
import { strike, strikeAfter, throttle } from "../faults/strike";
import type { Exchange } from "../state/journal";
import type { World } from "../state/world";
import { bodyToKeep, readBody } from "./bodies";
import { errorBody, type Refusal, refusalOf } from "./errors";
import type { Caller } from "./http";
import type { Allowance } from "./rateLimit";

/** What is known of a request between its arrival and its answer. */
interface Passage {
    readonly note: (more: Partial<Exchange>) => void;
    readonly allowance: Allowance;
    act?: Act;
    caller?: Caller;
}

/**
 * What happens to every request but the emulator's own: it is written down
 * and counted; then, in this order, a fault, the rate limit, the rights and
 * the body decide whether it is carried out.
 *
 * @returns who is behind a request
 */
export function openPipeline(app: FastifyInstance, world: World): (request: object) => Caller {
    const passages = new WeakMap<object, Passage>();
    app.addHook("onRequest", async (request, reply) => {
        if (isControl(request)) return;
        passages.set(request, arrive(world, request, reply));
    });
    app.addHook("preHandler", async (request, reply) => {
        const passage = passages.get(request);
        if (passage === undefined) return undefined;
        const text = typeof request.body === "string" ? request.body : "";
        passage.note({ body: bodyToKeep(text, request) });
        const act = world.faults.next(request.method, request.url);
        if (act !== undefined) {
            passage.act = act;
            await strike(world, act, request, reply);
            if (reply.sent) return reply;
        }
        if (passage.allowance.isExceeded) throttle();
        if (isProtected(request.url)) passage.caller = await checkAccess(world, request);
        request.body = readBody(text, request);
        return undefined;
    });
    app.addHook("onSend", async (request, reply, payload) => {
        const passage = passages.get(request);
        if (passage === undefined) return payload;
        const leaves = passage.act === undefined || strikeAfter(world, passage.act, request, reply);
        if (leaves) passage.note({ status: reply.statusCode });
        if (String(reply.getHeader("content-type")).startsWith("application/json")) {
            reply.header("content-type", "application/json");
        }
        return payload;
    });
    app.setErrorHandler((error, _request, reply) => answer(world, reply, refusalOf(error) ?? unforeseen(error)));
    return (request) => passages.get(request)?.caller ?? {};
}

function isControl({ url }: FastifyRequest): boolean {
    return url.startsWith(CONTROL);
}

/** Writes the request down, counts it, and sets the headers that every answer has. */
function arrive({ journal, limits, now, ids }: World, request: FastifyRequest, reply: FastifyReply): Passage {
    const { method, url, headers } = request;
    const authorization = /^(SSWS|Bearer|DPoP|Basic)(?= )/.exec(headers.authorization ?? "")?.[0];
    const note = journal.open({
        method,
        path: url.replace(/([?&]client_assertion=)[^&]*/, "$1…"),
        authorization,
        body: undefined,
        status: 0,
        at: now(),
        ...(request.is404 && { unknown: true }),
    });
    const [path = ""] = url.split("?");
    const allowance = limits.take(path);
    reply.headers({
        date: new Date(now()).toUTCString(),
        "x-okta-request-id": ids.requestId(),
        "cache-control": "no-cache, no-store",
        "accept-ch": "Sec-CH-UA-Platform-Version",
        "referrer-policy": "strict-origin-when-cross-origin",
        ...limitHeaders(allowance),
    });
    return { note, allowance };
}

function limitHeaders({ limit, remaining, reset }: Omit<Allowance, "isExceeded">) {
    return {
        "x-rate-limit-limit": String(limit),
        "x-rate-limit-remaining": String(remaining),
        "x-rate-limit-reset": String(reset),
    };
}

function answer(world: World, reply: FastifyReply, refusal: Refusal): FastifyReply {
    const body = refusal.body ?? errorBody(refusal, world.ids.errorId());
    return reply.code(refusal.status).headers(refusal.headers).send(body);
}

/** An error without a refusal: of fastify, such as a body that is too large, or a bug. */
function unforeseen(error: unknown): Refusal {
    const { statusCode = 500 } = error as { statusCode?: number };
    const isOurs = statusCode >= 400 && statusCode < 500;
    return {
        status: isOurs ? statusCode : 500,
        code: isOurs ? "E0000003" : "E0000009",
        summary: isOurs ? String((error as Error).message) : "Internal Server Error",
        causes: isOurs ? [] : [String(error)],
        headers: {},
    };
}
