import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

import { checkToken, type PathKind, refusalOf } from "./access";
import { openAllowance } from "./allowance";
import { hostProblem, isLoopback } from "./host";
import type { DeskOptions } from "./port";

/** What a route says of itself. */
declare module "fastify" {
    interface FastifyContextConfig {
        readonly kind?: PathKind;
        /** Whose allowance it draws on; undefined: it costs next to nothing, and is always answered. */
        readonly allowance?: AllowanceName;
    }
}

type AllowanceName = keyof typeof ALLOWANCES;

/**
 * How often things may be asked for, all askers together. `strangers` is for
 * those without the right token, so that they use up nobody else's.
 */
const ALLOWANCES = {
    reads: { burst: 60, perSecond: 20 },
    metrics: { burst: 20, perSecond: 5 },
    hooks: { burst: 200, perSecond: 50 },
    changes: { burst: 10, perSecond: 1 },
    denials: { burst: 100, perSecond: 10 },
    strangers: { burst: 20, perSecond: 5 },
};

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
export function addGuard(app: FastifyInstance, { listen, token, clock }: DeskOptions): void {
    checkToken(token());
    const isLocal = isLoopback(listen.host);
    const allowances = Object.fromEntries(
        Object.entries(ALLOWANCES).map(([name, each]) => [name, openAllowance({ ...each, now: () => clock.now() })]),
    );
    const isUsedUp = (name: AllowanceName, reply: FastifyReply): boolean => {
        const waitSeconds = allowances[name]?.take();
        if (waitSeconds === undefined) return false;
        // Connections are bounded too: who has to come back later leaves room for a probe.
        reply.code(429).header("retry-after", waitSeconds).header("connection", "close");
        reply.send({ error: `too many requests: come back in ${waitSeconds} s` });
        return true;
    };
    app.addHook("onRequest", async (request: FastifyRequest, reply: FastifyReply) => {
        reply.headers(HEADERS);
        const { kind = "read", allowance } = request.routeOptions.config;
        // A webhook is signed, so that no web page can make one up; its sender may know us by any name.
        const problem = isLocal && allowance !== "hooks" ? hostProblem(request.headers.host) : undefined;
        if (problem !== undefined) return reply.code(421).send({ error: problem });
        const { authorization } = request.headers;
        const refusal = refusalOf({ kind, isLocal, token: kind === "open" ? undefined : token(), authorization });
        if (refusal === undefined) {
            if (allowance !== undefined) isUsedUp(allowance, reply);
            return;
        }
        if (isUsedUp("strangers", reply)) return;
        if (refusal.status === 401) {
            const basic = kind === "read" ? 'Basic realm="zonekeeper", charset="UTF-8", ' : "";
            reply.header("www-authenticate", `${basic}Bearer realm="zonekeeper"`);
        }
        reply.code(refusal.status).send({ error: refusal.error });
    });
}
