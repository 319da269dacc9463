import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { isLoopback } from "../../../core/addresses/loopback";
import { type AllowanceName, openAllowances } from "../limits/allowances";
import type { ServerOptions } from "../types";
import { checkToken, type PathKind, refusalOf } from "./authorize";
import { forwardedBy } from "./forwarded";
import { hostProblem } from "./host";
import { peerOf } from "./peer";

/** The access settings of a route. */
declare module "fastify" {
    interface FastifyContextConfig {
        readonly kind?: PathKind;
        /** The rate limit for permitted requests; undefined: the route applies it itself. */
        readonly allowance?: AllowanceName;
        /** Whether a form may have the token in its body; then the route checks it. */
        readonly isFormTaken?: boolean;
        /** Whether any Host is accepted: a web page cannot forge a signature. */
        readonly isSigned?: boolean;
    }
}

/** The guard's functions for routes that identify the caller later. */
export interface Guard {
    /** Takes a token of a rate limit; returns the seconds to wait if there is none. */
    take(name: AllowanceName, request: FastifyRequest): number | undefined;
    /** Takes a token of a rate limit; answers 429 if there is none. */
    isUsedUp(name: AllowanceName, request: FastifyRequest, reply: FastifyReply): boolean;
}

const HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
};

/**
 * Adds a guard to every route: it sets the headers of each answer, and checks the Host, the
 * token and the rate limit.
 *
 * @throws `bad-input` for a token that is too short
 */
export function addGuard(app: FastifyInstance, { listen, token, clock }: ServerOptions): Guard {
    checkToken(token());
    const isLocal = isLoopback(listen.host);
    const allowances = openAllowances(() => clock.now());
    const take: Guard["take"] = (name, { socket }) => allowances.take(name, peerOf(socket.remoteAddress));
    const isUsedUp: Guard["isUsedUp"] = (name, request, reply) => {
        const waitSeconds = take(name, request);
        if (waitSeconds === undefined) return false;
        // Connections are limited too: a refused client frees its connection for a probe.
        reply.code(429).header("retry-after", waitSeconds).header("connection", "close");
        reply.send({ error: `too many requests: come back in ${waitSeconds} s` });
        return true;
    };
    app.addHook("onRequest", async (request: FastifyRequest, reply: FastifyReply) => {
        reply.headers(HEADERS);
        const { kind = "read", allowance, isFormTaken = false, isSigned = false } = request.routeOptions.config;
        const problem = isLocal && !isSigned ? hostProblem(request.headers.host) : undefined;
        if (problem !== undefined) return reply.code(421).send({ error: problem });
        if (isFormTaken && isForm(request)) {
            const tooLong = formLengthProblem(request);
            if (tooLong === undefined) return;
            return reply.code(413).header("connection", "close").send({ error: tooLong });
        }
        const refusal = refusalOf({
            kind,
            isLocal,
            forwardedBy: forwardedBy({ headers: request.headers, httpVersion: request.raw.httpVersion }),
            token: kind === "open" ? undefined : token(),
            authorization: request.headers.authorization,
        });
        if (refusal === undefined) {
            if (allowance !== undefined) isUsedUp(allowance, request, reply);
            return;
        }
        if (isUsedUp("strangers", request, reply)) return;
        if (refusal.status === 401) {
            const basic = kind === "read" ? 'Basic realm="zonekeeper", charset="UTF-8", ' : "";
            reply.header("www-authenticate", `${basic}Bearer realm="zonekeeper"`);
        }
        reply.code(refusal.status).send({ error: refusal.error });
    });
    return { take, isUsedUp };
}

/** A form is read before its sender is authenticated, so its length is limited; browsers state it. */
function formLengthProblem({ headers }: FastifyRequest): string | undefined {
    const { "content-length": length = headers["transfer-encoding"] === undefined ? "0" : "Infinity" } = headers;
    return Number(length) <= MOST_FORM_BYTES ? undefined : `the form is larger than ${MOST_FORM_BYTES} bytes`;
}

const MOST_FORM_BYTES = 16_384;

/** Whether a request is a form of a page. A program with the token sends it in a header, whatever its content type. */
export function isForm({ headers }: Pick<FastifyRequest, "headers">): boolean {
    const isEncoded = /^application\/x-www-form-urlencoded\s*(;|$)/i.test(headers["content-type"] ?? "");
    return isEncoded && !/^bearer /i.test(headers.authorization ?? "");
}
