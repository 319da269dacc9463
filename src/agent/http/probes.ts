import type { FastifyInstance } from "fastify";

import type { DeskOptions } from "./port";

/** `GET /healthz`, `GET /readyz` and `GET /metrics`, for whoever watches the process; they name nobody who is in. */
export function addProbes(app: FastifyInstance, { view, metrics }: Pick<DeskOptions, "view" | "metrics">): void {
    app.get("/healthz", { config: { kind: "open" } }, async () => ({ isAlive: true }));
    app.get("/readyz", { config: { kind: "open" } }, async (_request, reply) => {
        const { notReady, isLeading } = view();
        reply.code(notReady.length === 0 ? 200 : 503);
        return { isReady: notReady.length === 0, isLeading, reasons: notReady };
    });
    app.get("/metrics", { config: { kind: "open", allowance: "metrics" } }, async (_request, reply) => {
        const { text, contentType } = await metrics.read();
        reply.type(contentType);
        return text;
    });
}
