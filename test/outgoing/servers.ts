import { once } from "node:events";
import { createServer as createHttpServer, type IncomingMessage, type RequestListener } from "node:http";
import { createServer as createHttpsServer, type ServerOptions } from "node:https";
import { type AddressInfo, connect, createServer as createTcpServer, type Server, type Socket } from "node:net";

export interface Listening extends AsyncDisposable {
    readonly port: number;
}

/** A server on a free port of 127.0.0.1; its connections end with it. */
async function listen(server: Server): Promise<Listening> {
    const sockets = new Set<Socket>();
    server.on("connection", (socket) => {
        sockets.add(socket);
        socket.on("error", () => {}).once("close", () => sockets.delete(socket));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return {
        port: (server.address() as AddressInfo).port,
        async [Symbol.asyncDispose]() {
            for (const socket of sockets) socket.destroy();
            server.close();
            await once(server, "close");
        },
    };
}

/** @param certificate Its own, with those between it and the authority behind it. */
export function tlsServer(
    { certificate, key }: { readonly certificate: string; readonly key: string },
    listener: RequestListener,
    more: ServerOptions = {},
): Promise<Listening> {
    return listen(createHttpsServer({ cert: certificate, key, ...more }, listener));
}

export function plainServer(listener: RequestListener): Promise<Listening> {
    return listen(createHttpServer(listener));
}

/** A server that closes each connection as soon as something comes. */
export function closingServer(): Promise<Listening> {
    return listen(createTcpServer((socket) => void socket.once("data", () => socket.end())));
}

/** A server that resets each connection as soon as something comes, as a firewall does. */
export function resettingServer(): Promise<Listening> {
    return listen(createTcpServer((socket) => void socket.once("data", () => socket.resetAndDestroy())));
}

export interface ConnectProxy extends Listening {
    /** Such as `CONNECT acme.okta.test:443` or `GET http://grants.test/g`. */
    readonly asked: string[];
    /** The `Proxy-Authorization` of each. */
    readonly authorizations: (string | undefined)[];
}

/**
 * An HTTP proxy as companies have them.
 *
 * @param hosts Where each host and port is in truth: a port of 127.0.0.1. Any other one cannot be reached.
 * @param refuse Its status for a request that it does not carry out.
 */
export async function connectProxy(
    hosts: Readonly<Record<string, number>>,
    refuse: (request: IncomingMessage) => number | undefined = () => undefined,
): Promise<ConnectProxy> {
    const [asked, authorizations]: [string[], (string | undefined)[]] = [[], []];
    const note = (request: IncomingMessage) => {
        asked.push(`${request.method} ${request.url}`);
        authorizations.push(request.headers["proxy-authorization"]);
    };
    const server = createHttpServer((request, response) => {
        note(request);
        const { host } = new URL(request.url ?? "");
        const status = refuse(request);
        if (status !== undefined) response.writeHead(status).end("the proxy says no");
        else response.writeHead(200, { "content-type": "application/json" }).end(`{"grants": [], "host": "${host}"}`);
    });
    server.on("connect", (request, client) => {
        note(request);
        const status = refuse(request) ?? (hosts[request.url ?? ""] === undefined ? 502 : undefined);
        if (status !== undefined) return void client.end(`HTTP/1.1 ${status} No\r\n\r\n`);
        const upstream = connect(hosts[request.url ?? ""] ?? 0, "127.0.0.1", () => {
            client.write("HTTP/1.1 200 Connection established\r\n\r\n");
            client.pipe(upstream).pipe(client);
        });
        upstream.on("error", () => client.destroy());
        client.on("error", () => upstream.destroy());
    });
    return Object.assign(await listen(server), { asked, authorizations });
}

/** What was opened one after the other, and is closed together. */
export function openedTogether() {
    const opened: AsyncDisposable[] = [];
    return {
        use<T extends AsyncDisposable>(one: T): T {
            opened.push(one);
            return one;
        },
        async [Symbol.asyncDispose]() {
            for (const one of opened) await one[Symbol.asyncDispose]();
        },
    };
}

/** A server that accepts connections and never answers. */
export function silentServer(): Promise<Listening> {
    return listen(createTcpServer(() => {}));
}
