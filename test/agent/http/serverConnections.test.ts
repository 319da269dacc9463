import { strict as assert } from "node:assert";
import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";

import { anyWebhook, openTestServer, TOKEN } from "./testServer";

describe("startServer, of connections", () => {
    it("answers bytes that are not HTTP with a status, and closes the connection", async () => {
        await using server = await openTestServer();
        const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
        socket.write("NONSENSE\r\n\r\n");
        assert.match(await text(socket), /^HTTP\/1\.1 400 Bad Request\r\nconnection: close/);
    });

    for (const [part, sent] of [
        ["head", "GET / HTTP/1.1\r\nHost: local"],
        ["body", "POST /hooks/grants HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{"],
    ] as const) {
        it(`limits how long the ${part} of a request may take`, async () => {
            const webhook = anyWebhook(async () => ({ status: 200, body: {} }));
            await using server = await openTestServer({ requestTimeoutMs: 50, webhook: () => webhook });
            const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
            socket.write(sent);
            assert.match(await text(socket), /^HTTP\/1\.1 408 Request Timeout\r\nconnection: close/);
        });
    }

    it("closes a connection that the peer keeps half open", async () => {
        await using server = await openTestServer({ requestTimeoutMs: 50 });
        const socket = connect({ port: Number(new URL(server.url).port), host: "127.0.0.1", allowHalfOpen: true });
        socket.write("GET / HTTP/1.1\r\nHost: local");
        const [head] = await once(socket, "data");
        assert.match(String(head), /^HTTP\/1\.1 408 /);
        await once(socket, "end");
        socket.on("error", () => {});
        // What is sent to a connection that is gone comes back as an error.
        const error = await new Promise<Error>((resolve) => {
            const send = () => socket.write("x", (refused) => (refused ? resolve(refused) : setImmediate(send)));
            send();
        });
        assert.match((error as NodeJS.ErrnoException).code ?? "", /^(EPIPE|ECONNRESET)$/);
    });

    it("closes the connection of a caller that has to come back later", async () => {
        await using server = await openTestServer({ listen: { host: "0.0.0.0", port: 0 }, token: () => TOKEN });
        const guess = () => server.ask("/api/status", { headers: { connection: "keep-alive" } });
        const kept: (string | undefined)[] = [];
        for (let tries = 0; tries < 21; tries += 1) kept.push((await guess()).headers.connection);
        assert.deepEqual(kept, [...Array(20).fill("keep-alive"), "close"]);
    });

    it("waits a second for idle connections when it closes", async () => {
        const server = await openTestServer();
        const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
        socket.write("GET / HTTP/1.1\r\nHost: local");
        await server.ask("/healthz");
        const closed = server[Symbol.asyncDispose]();
        assert.equal(await server.clock.asleep(), 1000);
        server.clock.pass(1000);
        await closed;
        assert.equal(await text(socket), "");
    });
});
