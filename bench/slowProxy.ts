import { createServer } from "node:http";

/** Passes requests on, half of the time there and half of it back. */
export async function slowProxy(target: string, roundTripMs: number) {
    const wait = () => new Promise((resolve) => setTimeout(resolve, roundTripMs / 2));
    const server = createServer(async (request, response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk as Buffer);
        await wait();
        const { method = "GET", headers } = request;
        const { host: _, connection: __, "content-length": ___, ...rest } = headers;
        const body = chunks.length > 0 ? Buffer.concat(chunks) : null;
        const answer = await fetch(target + request.url, { method, headers: rest as Record<string, string>, body });
        const text = await answer.text();
        await wait();
        const kept = [...answer.headers].filter(([name]) => !/^(connection|content-length|keep-alive)$/.test(name));
        response.writeHead(answer.status, Object.fromEntries(kept)).end(text);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    return {
        url: `http://127.0.0.1:${port}`,
        async [Symbol.asyncDispose]() {
            server.closeAllConnections();
            await new Promise((resolve) => server.close(resolve));
        },
    };
}
