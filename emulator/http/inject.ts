import type { FastifyInstance, LightMyRequestResponse } from "fastify";

/**
 * Requests without a socket, for tests by a clock of their own. They go through
 * all that those over HTTP go through; one whose connection is cut rejects.
 */
export function fetchWithin(app: FastifyInstance): typeof globalThis.fetch {
    return async (input, init = {}) => {
        const { pathname, search } = new URL(input instanceof Request ? input.url : input);
        const answer = (await app.inject({
            method: (init.method ?? "GET") as "GET",
            url: pathname + search,
            headers: Object.fromEntries(new Headers(init.headers)),
            ...(typeof init.body === "string" && { payload: init.body }),
        })) as LightMyRequestResponse;
        if (answer.raw.req.destroyed) throw new TypeError("fetch failed: the connection was cut");
        const headers = Object.entries(answer.headers).flatMap(([name, value]) =>
            [value].flat().flatMap((text): [string, string][] => (text === undefined ? [] : [[name, String(text)]])),
        );
        return new Response(answer.statusCode === 204 ? null : answer.payload, { status: answer.statusCode, headers });
    };
}
