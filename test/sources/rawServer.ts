import type { AddressInfo } from "node:net";
import { createServer, type Socket } from "node:net";

/** What a server sends on each connection, byte for byte, and how it ends the connection then. */
export interface RawAnswer {
    readonly head: readonly string[];
    readonly body: string | Uint8Array;
    readonly end: "close" | "reset" | "stay";
}

/**
 * A TCP server on a free port that answers each request so, whatever it is. A reset comes only after the client has
 * received the bytes before it, as a reset discards what is still in flight.
 *
 * @param answers In order; the last one for ever.
 */
export async function serveRaw(...answers: readonly RawAnswer[]) {
    const sockets = new Set<Socket>();
    let requests = 0;
    const server = createServer((socket) => {
        sockets.add(socket);
        socket.on("error", () => {}).on("close", () => sockets.delete(socket));
        socket.once("data", () => {
            const answer = answers[Math.min(requests++, answers.length - 1)];
            if (answer === undefined) return void socket.destroy();
            socket.write(`${answer.head.join("\r\n")}\r\n\r\n`);
            socket.write(answer.body, () => endBy(answer.end, socket));
        });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    return {
        url: `http://127.0.0.1:${port}`,
        requests: () => requests,
        async [Symbol.asyncDispose]() {
            for (const socket of sockets) socket.destroy();
            await new Promise((resolve) => server.close(resolve));
        },
    };
}

function endBy(end: RawAnswer["end"], socket: Socket): void {
    if (end === "close") socket.end();
    // On loopback the bytes are in the client's buffer as soon as they are written; it reads them before the reset
    // if it gets a turn in between.
    if (end === "reset") setTimeout(() => socket.resetAndDestroy(), 50);
}

/** A body in one chunk, without the last chunk that ends it. */
export function chunk(body: string): string {
    return `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n`;
}
