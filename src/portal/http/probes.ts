import type { FastifyInstance } from "fastify";

import type { PortalContext } from "../context";
import { portalMetrics } from "./metrics";
import { textIn } from "./request";

/**
 * Why the portal cannot do its work now; nothing where it can.
 *
 * @param what `serve`: whether people can use it; `confirm`: whether an agent confirms what it grants, as well
 */
export type Readiness = (what: "serve" | "confirm") => Promise<readonly string[]>;

/** `/healthz`, `/readyz` and `/metrics`, for monitoring; they name nobody. */
export function addProbes(app: FastifyInstance, context: PortalContext, notReady: Readiness): void {
    const config = { isOpen: true };
    app.get("/healthz", { config }, async () => ({ isAlive: true }));
    app.get("/readyz", { config }, async ({ query }, reply) => {
        const reasons = await notReady(textIn(query, "standby") === "ok" ? "serve" : "confirm");
        reply.code(reasons.length === 0 ? 200 : 503);
        return { isReady: reasons.length === 0, reasons };
    });
    app.get("/metrics", { config }, async (_request, reply) => {
        reply.type("text/plain; version=0.0.4; charset=utf-8");
        const { store, reports, now, version } = context;
        const state = await store.read(AbortSignal.timeout(5_000));
        return portalMetrics({ state, reports: reports(), nowMs: now(), version });
    });
}
