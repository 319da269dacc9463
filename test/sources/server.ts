import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export interface Asked {
    readonly method: string | undefined;
    readonly path: string | undefined;
    readonly authorization: string | undefined;
    readonly etag: string | undefined;
}

/** A server on a free port. It answers by the handlers, in order, the last one for ever, and remembers what it was asked. */
export async function serve(...handlers: readonly Handler[]) {
    const asked: Asked[] = [];
    const server = createServer((request, response) => {
        const handler = handlers[Math.min(asked.length, handlers.length - 1)];
        const { authorization, "if-none-match": etag } = request.headers;
        asked.push({ method: request.method, path: request.url, authorization, etag });
        if (handler === undefined) response.writeHead(500).end("nobody told this server what to say");
        else handler(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    return {
        url: `http://127.0.0.1:${port}`,
        asked,
        async [Symbol.asyncDispose]() {
            server.closeAllConnections();
            await new Promise((resolve) => server.close(resolve));
        },
    };
}

/** An answer with these headers and this body; an object becomes JSON. */
export function answer(status: number, body: unknown = "", headers: Record<string, string> = {}): Handler {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    return (_, response) => response.writeHead(status, headers).end(text);
}
