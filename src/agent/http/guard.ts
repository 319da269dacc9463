import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { isLoopback } from "../../core/addresses/loopback";
import { type AllowanceName, openAllowances } from "./allowances";
import { checkToken, type PathKind, refusalOf } from "./authorize";
import { forwardedBy } from "./forwarded";
import { hostProblem } from "./host";
import { peerOf } from "./peer";
import type { ServerOptions } from "./types";

/** What a route says of itself. */
declare module "fastify" {
    interface FastifyContextConfig {
        readonly kind?: PathKind;
        /** Whose allowance it draws on, once the asker may ask; undefined: the route sees to that itself. */
        readonly allowance?: AllowanceName;
        /** Whether a form may bring the token in its body; the route checks it then. */
        readonly isFormTaken?: boolean;
        /** Whether the asker may call the agent by any name: no web page can make up what is signed. */
        readonly isSigned?: boolean;
    }
}

/** What routes ask of the guard that find out only later who asks. */
export interface Guard {
    /** Takes one of the allowance; the seconds to wait where there is none left. */
    take(name: AllowanceName, request: FastifyRequest): number | undefined;
    /** Takes one of the allowance; where there is none left, answers 429. */
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
 * Puts a guard before every route: the headers of each answer, then who asks by
 * which name, with which token, and how often.
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
        // Connections are bounded too: who has to come back later leaves room for a probe.
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

/** A form is read before it is known who sends it, so that it may only be short; browsers say how long it is. */
function formLengthProblem({ headers }: FastifyRequest): string | undefined {
    const { "content-length": length = headers["transfer-encoding"] === undefined ? "0" : "Infinity" } = headers;
    return Number(length) <= MOST_FORM_BYTES ? undefined : `the form is larger than ${MOST_FORM_BYTES} bytes`;
}

const MOST_FORM_BYTES = 16_384;

/** A form of a page, as browsers send it. A program that has the token says so in a header, whatever type it names. */
export function isForm({ headers }: Pick<FastifyRequest, "headers">): boolean {
    const isEncoded = /^application\/x-www-form-urlencoded\s*(;|$)/i.test(headers["content-type"] ?? "");
    return isEncoded && !/^bearer /i.test(headers.authorization ?? "");
}
