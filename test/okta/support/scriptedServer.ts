import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

export interface Asked {
    readonly method: string;
    readonly path: string;
    readonly headers: IncomingHttpHeaders;
    /** The JSON, or the text where it is none; undefined where it is empty. */
    readonly body: unknown;
}

export interface Reply {
    /** @default 200 */
    readonly status?: number;
    /** A text goes out as it is, anything else as JSON. */
    readonly body?: unknown;
    readonly headers?: Readonly<Record<string, string | readonly string[]>>;
    /** Closes the connection instead of answering, or leaves it open without a word. */
    readonly silence?: "drop" | "hang";
}

export type Script = Reply | ((asked: Asked) => Reply);

/** A server on a free port that answers from the list, in order, and remembers what it was asked. */
export async function serve(...script: readonly Script[]) {
    const asked: Asked[] = [];
    const server = createServer(async (request, response) => {
        let text = "";
        for await (const chunk of request) text += chunk;
        const { method = "", url = "", headers } = request;
        const next = script[asked.length] ?? { status: 500, body: "asked more often than expected" };
        const latest = { method, path: url, headers, body: jsonOr(text) };
        asked.push(latest);
        const reply = typeof next === "function" ? next(latest) : next;
        if (reply.silence === "drop") request.socket.destroy();
        if (reply.silence !== undefined) return;
        const { status = 200, body = "" } = reply;
        for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value);
        response.writeHead(status).end(typeof body === "string" ? body : JSON.stringify(body));
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

function jsonOr(text: string): unknown {
    try {
        return text === "" ? undefined : JSON.parse(text);
    } catch {
        return text;
    }
}
