import { once } from "node:events";
import { createServer, type Socket } from "node:net";

import { Client } from "pg";

/** How a pooler shares the sessions of a server among its clients, of which there may be more. */
export interface PoolerOptions {
    /**
     *   transaction   a client has a session until its transaction has ended, as PgBouncer with pool_mode = transaction
     *   session       until it leaves; then the session is reset, as PgBouncer with pool_mode = session
     */
    readonly mode: "transaction" | "session";
    readonly size: number;
    /** Which of the free sessions, by their numbers, in the order in which they were given back. */
    readonly choose: (free: readonly number[], last: number | undefined) => number | undefined;
    /** Whether it tells clients the process id of a session of the server, or one of its own. @default its own */
    readonly tells?: "server" | "own";
}

export interface Pooler extends AsyncDisposable {
    readonly url: string;
    /** From now on. */
    setChoice(choose: PoolerOptions["choose"]): void;
}

interface Backend {
    readonly stream: Socket;
    readonly processId: number;
    client: Frontend | undefined;
    /** Queries that the server has not answered. */
    open: number;
    isResetting: boolean;
}

interface Frontend {
    readonly socket: Socket;
    waiting: Buffer[];
    backend: number | undefined;
    last: number | undefined;
    isGone: boolean;
}

/** A pooler before a real PostgreSQL, by the wire protocol: as much of one as queries of a single message need. */
export async function openPooler(url: string, options: PoolerOptions): Promise<Pooler> {
    let { choose } = options;
    const backends = await Promise.all(Array.from({ length: options.size }, () => connectTo(url)));
    const free = backends.map((_, index) => index);
    const queue: Frontend[] = [];
    const sockets = new Set<Socket>();

    function serve(): void {
        for (const client of [...queue]) {
            const index = client.isGone ? undefined : choose(free, client.last);
            const backend = index === undefined ? undefined : backends[index];
            if (!client.isGone && (index === undefined || backend === undefined)) continue;
            queue.splice(queue.indexOf(client), 1);
            if (index === undefined || backend === undefined) continue;
            free.splice(free.indexOf(index), 1);
            [client.backend, client.last, backend.client] = [index, index, client];
            forward(client);
        }
    }

    function forward(client: Frontend): void {
        const backend = client.backend === undefined ? undefined : backends[client.backend];
        if (backend === undefined) {
            if (!queue.includes(client)) queue.push(client);
            serve();
            return;
        }
        for (const message of client.waiting.splice(0)) {
            backend.open += 1;
            backend.stream.write(message);
        }
    }

    function giveBack(index: number, backend: Backend): void {
        if (backend.client !== undefined) backend.client.backend = undefined;
        backend.client = undefined;
        free.push(index);
        serve();
    }

    function answered(index: number, backend: Backend): void {
        backend.open -= 1;
        const { client } = backend;
        if (backend.open > 0) return;
        if (client === undefined || options.mode === "transaction") giveBack(index, backend);
        else if (client.isGone && !backend.isResetting) reset(backend);
        else if (backend.isResetting) {
            backend.isResetting = false;
            giveBack(index, backend);
        }
    }

    function reset(backend: Backend): void {
        backend.isResetting = true;
        backend.open += 1;
        backend.stream.write(message("Q", Buffer.from("DISCARD ALL\0")));
    }

    for (const [index, backend] of backends.entries()) {
        onMessages(backend.stream, (type, whole) => {
            // A notification that nobody waits for is dropped, as poolers do.
            if (backend.client?.isGone === false && !backend.isResetting) backend.client.socket.write(whole);
            if (type === "Z") answered(index, backend);
        });
    }

    function accept(socket: Socket): void {
        sockets.add(socket);
        socket.on("error", () => {});
        const client: Frontend = { socket, waiting: [], backend: undefined, last: undefined, isGone: false };
        const processId = options.tells === "server" ? (backends[0]?.processId ?? 0) : 4_000_000 + sockets.size;
        onStartup(socket, processId, () =>
            onMessages(socket, (type, whole) => {
                if (type === "X") socket.end();
                else {
                    client.waiting.push(whole);
                    forward(client);
                }
            }),
        );
        socket.on("close", () => {
            client.isGone = true;
            const backend = client.backend === undefined ? undefined : backends[client.backend];
            if (backend !== undefined && backend.open === 0 && options.mode === "session") reset(backend);
        });
    }

    const server = createServer(accept).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    return {
        url: url.replace(/:\d+\//, `:${port}/`),
        setChoice(next) {
            choose = next;
            serve();
        },
        async [Symbol.asyncDispose]() {
            for (const socket of [...sockets, ...backends.map(({ stream }) => stream)]) socket.destroy();
            server.close();
        },
    };
}

/** A session of the server whose bytes are ours, once pg has logged in. */
async function connectTo(url: string): Promise<Backend> {
    const client = new Client({ connectionString: url });
    client.on("error", () => {});
    await client.connect();
    const { connection, processID } = client as unknown as {
        readonly connection: { readonly stream: Socket };
        readonly processID: number;
    };
    const { stream } = connection;
    for (const event of ["data", "end", "close", "error"]) stream.removeAllListeners(event);
    stream.on("error", () => {});
    return { stream, processId: processID, client: undefined, open: 0, isResetting: false };
}

/** Refuses TLS, lets everybody in, and says that it is ready. */
function onStartup(socket: Socket, processId: number, ready: () => void): void {
    socket.once("data", (bytes) => {
        if (bytes.readInt32BE(4) === SSL_REQUEST) {
            socket.write("N");
            onStartup(socket, processId, ready);
            return;
        }
        const key = Buffer.alloc(8);
        key.writeInt32BE(processId);
        ready();
        const parameters = ["client_encoding\0UTF8\0", "standard_conforming_strings\0on\0", "server_version\x0018\0"];
        socket.write(
            Buffer.concat([
                message("R", Buffer.alloc(4)),
                ...parameters.map((text) => message("S", Buffer.from(text))),
                message("K", key),
                message("Z", Buffer.from("I")),
            ]),
        );
    });
}

const SSL_REQUEST = 80_877_103;

function message(type: string, body: Buffer): Buffer {
    const head = Buffer.alloc(5);
    head.write(type, "latin1");
    head.writeInt32BE(body.length + 4, 1);
    return Buffer.concat([head, body]);
}

/** Cuts a stream into messages: a letter, the length of the rest, the rest. */
function onMessages(stream: Socket, hear: (type: string, whole: Buffer) => void): void {
    let rest: Buffer = Buffer.alloc(0);
    stream.on("data", (bytes: Buffer) => {
        rest = Buffer.concat([rest, bytes]);
        while (rest.length >= 5) {
            const length = 1 + rest.readInt32BE(1);
            if (rest.length < length) return;
            const whole = rest.subarray(0, length);
            rest = rest.subarray(length);
            hear(String.fromCharCode(whole[0] ?? 0), whole);
        }
    });
}
