import { STATUS_CODES } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

import { checkAccess } from "./access";
import { CONTROL } from "./control";
import { errorBody, type Refusal, refusalOf, refuse } from "./errors";
import type { Act } from "./faults";
import { parseJson } from "./http";
import type { Exchange } from "./journal";
import type { Allowance } from "./rateLimit";
import { secondsOf } from "./stamp";
import type { World } from "./world";
import { writeAsStranger } from "./zoneWrites";

/** What is known of a request between its arrival and its answer. */
interface Passage {
    readonly note: (more: Partial<Exchange>) => void;
    readonly allowance: Allowance;
    act?: Act;
    userId?: string | undefined;
}

/**
 * What happens to every request but the emulator's own: it is written down
 * and counted; then, in this order, a fault, the rate limit, the rights and
 * the body decide whether it is carried out.
 *
 * @returns who is behind a request; for `/users/me`
 */
export function openPipeline(
    app: FastifyInstance,
    world: World,
    stop: AbortSignal,
): (request: object) => string | undefined {
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
            await strike(world, act, request, reply, stop);
            if (reply.sent) return reply;
        }
        if (passage.allowance.isExceeded) throttle();
        if (request.url.startsWith("/api/")) passage.userId = checkAccess(world, request);
        request.body = readBody(text, request);
        return undefined;
    });
    app.addHook("onSend", async (request, reply, payload) => {
        const passage = passages.get(request);
        if (passage === undefined) return payload;
        const { act } = passage;
        if (act !== undefined && "foreignWrite" in act) {
            writeAsStranger(world, act.zoneId ?? zoneIdIn(request.url) ?? "", act.foreignWrite);
        }
        const isLost = act !== undefined && "loseResponse" in act;
        if (isLost) request.raw.socket.destroy();
        else passage.note({ status: reply.statusCode });
        if (String(reply.getHeader("content-type")).startsWith("application/json")) {
            reply.header("content-type", "application/json");
        }
        return payload;
    });
    app.setErrorHandler((error, _request, reply) => answer(world, reply, refusalOf(error) ?? unforeseen(error)));
    return (request) => passages.get(request)?.userId;
}

function isControl({ url }: FastifyRequest): boolean {
    return url.startsWith(CONTROL);
}

/** Writes the request down, counts it, and sets the headers that every answer has. */
function arrive({ journal, limits, now, ids }: World, request: FastifyRequest, reply: FastifyReply): Passage {
    const { method, url, headers } = request;
    const [authorization] = (headers.authorization ?? "").split(" ");
    const note = journal.open({
        method,
        path: url,
        authorization: authorization || undefined,
        body: undefined,
        status: 0,
        at: now(),
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

/** Does what a fault says before the request is carried out; an answer that it gives is sent. */
async function strike(
    world: World,
    act: Act,
    request: FastifyRequest,
    reply: FastifyReply,
    stop: AbortSignal,
): Promise<void> {
    if ("delayMs" in act) await sleep(act.delayMs, undefined, { signal: stop }).catch(() => undefined);
    if ("drop" in act) {
        reply.hijack();
        request.raw.socket.destroy();
    }
    if ("staleReads" in act) {
        const zone = world.org.zones.get(zoneIdIn(request.url) ?? "");
        if (zone !== undefined) world.faults.holdBack(zone, act.staleReads);
    }
    if ("throttle" in act) {
        const reset = secondsOf(world.now()) + act.throttle.resetInSeconds;
        reply.headers({ "x-rate-limit-remaining": "0", "x-rate-limit-reset": String(reset) });
        throttle();
    }
    if ("html" in act) {
        const page =
            "<!DOCTYPE html><html><head><title>Okta</title></head><body>This is not the page you are looking for.</body></html>";
        await reply
            .code(act.status ?? 200)
            .type("text/html;charset=utf-8")
            .send(page);
    } else if ("status" in act) {
        const body = act.body ?? errorBody(usualError(act.status), world.ids.errorId());
        await reply
            .code(act.status)
            .headers(act.headers ?? {})
            .send(body);
    }
}

function throttle(): never {
    return refuse(429, "E0000047", "API call exceeded rate limit due to too many requests.");
}

/** Okta's error for a status, where the fault does not bring its own. */
function usualError(status: number): Pick<Refusal, "code" | "summary" | "causes"> {
    const [code, summary] = USUAL[status] ?? ["E0000009", STATUS_CODES[status] ?? "Internal Server Error"];
    return { code, summary, causes: [] };
}

const USUAL: Readonly<Record<number, readonly [code: string, summary: string]>> = {
    401: ["E0000011", "Invalid token provided"],
    403: ["E0000006", "You do not have permission to perform the requested action"],
    404: ["E0000007", "Not found: Resource not found"],
    423: ["E0000239", "Policy priorities are being reconciled. Please try again later."],
    429: ["E0000047", "API call exceeded rate limit due to too many requests."],
};

/** A body as JSON, or as a form where it says so; another type of content is refused. */
function readBody(text: string, { headers }: FastifyRequest): unknown {
    const type = headers["content-type"] ?? "";
    if (type.startsWith("application/x-www-form-urlencoded")) return Object.fromEntries(new URLSearchParams(text));
    if (text !== "" && !type.startsWith("application/json")) {
        refuse(
            400,
            "E0000019",
            "Bad request. Accept and/or Content-Type headers likely do not match supported values.",
        );
    }
    return parseJson(text);
}

/** What is written down of a body: never the assertion that a client signed. */
function bodyToKeep(text: string, { headers }: FastifyRequest): unknown {
    if (text === "") return undefined;
    if (headers["content-type"]?.startsWith("application/x-www-form-urlencoded")) {
        return Object.fromEntries([...new URLSearchParams(text)].filter(([name]) => name !== "client_assertion"));
    }
    try {
        return JSON.parse(text);
    } catch {
        return text;
    }
}

function zoneIdIn(url: string): string | undefined {
    return /^\/api\/v1\/zones\/([^/?]+)/.exec(url)?.[1];
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
