import type { FastifyInstance } from "fastify";

import type { Guard } from "./guard";
import type { ServerOptions } from "./types";

/**
 * `GET /healthz`, `GET /readyz` and `GET /metrics`, for whoever watches the
 * process; they name nobody who is in.
 *
 *   readyz asked       the agent       in force   status
 *   as it is           leads           yes        200
 *   as it is           leads           no         503
 *   as it is           stands by                  503: it cannot say what is in force
 *   with ?standby=ok   leads           no         503
 *   with ?standby=ok   stands by                  200: it does what it is there for
 */
export function addProbes(
    app: FastifyInstance,
    options: Pick<ServerOptions, "view" | "health" | "metrics">,
    guard: Guard,
): void {
    const { view, health = view, metrics } = options;
    let latest: ReturnType<typeof metrics.read> | undefined;
    app.get("/healthz", { config: { kind: "open" } }, async () => ({ isAlive: true }));
    app.get<{ Querystring: { readonly standby?: unknown } }>(
        "/readyz",
        { config: { kind: "open" } },
        async ({ query }, reply) => {
            const { notReady, isLeading } = health();
            const isReady = isLeading ? notReady.length === 0 : query.standby === "ok";
            reply.code(isReady ? 200 : 503);
            return { isReady, isLeading, reasons: notReady };
        },
    );
    app.get("/metrics", { config: { kind: "open" } }, async (request, reply) => {
        // Whoever asks too often gets what was read last, at most a second ago, and Prometheus its own.
        if (guard.take("metrics", request) === undefined || latest === undefined) latest = metrics.read();
        const { text, contentType } = await latest;
        reply.type(contentType);
        return text;
    });
}
