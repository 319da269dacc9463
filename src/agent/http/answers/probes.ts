import type { FastifyInstance } from "fastify";

import type { Guard } from "../caller/guard";
import type { ServerOptions } from "../types";
import { isOfAll, viewFor } from "../whichMembership";

/**
 * `GET /healthz`, `GET /readyz` and `GET /metrics`, for monitoring; they name
 * no user.
 *
 *   readyz asked       the agent       in force   status
 *   as it is           leads           yes        200
 *   as it is           leads           no         503
 *   as it is           stands by                  503: it cannot say what is in force
 *   with ?standby=ok   leads           no         200: it serves its page, confirmations and denials all the same
 *   with ?standby=ok   stands by                  200: it is a working standby
 *
 * `?standby=ok` asks only whether the process can serve; the reasons are in its body all the same.
 * With several memberships all of them have to be in force, and the body names those that are not;
 * `?membership=NAME` asks about one.
 */
export function addProbes(
    app: FastifyInstance,
    options: Pick<ServerOptions, "view" | "memberships" | "health" | "metrics">,
    guard: Guard,
): void {
    const { view, health = view, metrics } = options;
    let latest: ReturnType<typeof metrics.read> | undefined;
    app.get("/healthz", { config: { kind: "open" } }, async () => ({ isAlive: true }));
    app.get<{ Querystring: { readonly standby?: unknown; readonly membership?: unknown } }>(
        "/readyz",
        { config: { kind: "open" } },
        async ({ query }, reply) => {
            const isAboutAll = isOfAll(query.membership);
            const asked = isAboutAll ? { view: health() } : viewFor(options, query.membership);
            if ("problem" in asked) return reply.code(404).send({ error: asked.problem });
            const { notReady, isLeading } = asked.view;
            const isReady = query.standby === "ok" || (isLeading && notReady.length === 0);
            reply.code(isReady ? 200 : 503);
            const several = isAboutAll && isLeading ? options.memberships?.() : undefined;
            const late = several?.filter((each) => each.notReady.length > 0).map(({ name }) => name);
            return { isReady, isLeading, reasons: notReady, ...(late !== undefined && { memberships: late }) };
        },
    );
    app.get("/metrics", { config: { kind: "open" } }, async (request, reply) => {
        // Above the rate limit, the latest metrics are answered, at most a second old.
        if (guard.take("metrics", request) === undefined || latest === undefined) latest = metrics.read();
        const { text, contentType } = await latest;
        reply.type(contentType);
        return text;
    });
}
