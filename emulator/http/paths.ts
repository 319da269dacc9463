import type { FastifyInstance } from "fastify";

import { refuse } from "./errors";

/** Answers for what is not there: 405 where the path knows other methods, else 404. Call it before routes are added. */
export function answerUnknownPaths(app: FastifyInstance): void {
    const patterns = new Set<string>();
    app.addHook("onRoute", ({ url }) => {
        patterns.add(url);
    });
    app.setNotFoundHandler(async (request) => {
        const [path = ""] = request.url.split("?");
        const isKnown = [...patterns].some((pattern) =>
            new RegExp(`^${pattern.replace(/:[a-z]+/g, "[^/]+")}$`).test(path),
        );
        if (isKnown) refuse(405, "E0000022", "The endpoint does not support the provided HTTP method");
        return refuse(404, "E0000008", `The requested path was not found: ${path}`);
    });
}
