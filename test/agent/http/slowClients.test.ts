import { strict as assert } from "node:assert";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";

import { delivery } from "../../sources/webhook/sender";
import { NOW } from "../../support/grants";
import { assertServed, openStage, refusedOrCut, removal, send } from "./floodStage";
import type { TestServer } from "./testServer";

describe("startServer, with clients that send slowly", () => {
    let folder: string;
    beforeEach(async () => {
        folder = await mkdtemp(join(tmpdir(), "zonekeeper-"));
    });
    afterEach(() => rm(folder, { recursive: true }));

    const slow: readonly (readonly [what: string, sent: () => string])[] = [
        ["nothing at all", () => ""],
        ["half a head", () => "POST /hooks/grants HTTP/1.1\r\nHost: x\r\n"],
        ["half a body of an unsigned delivery", () => headOf({ "content-length": "500" })],
        ["half a body of what may be a signed one", () => headOf({ ...removal().headers, "content-length": "500" })],
        [
            "half a body of a form",
            () =>
                headOf({ "content-type": "application/x-www-form-urlencoded", "content-length": "9" }, "/api/confirm"),
        ],
    ];
    for (const [what, sent] of slow) {
        it(`answers although hundreds of connections send ${what} and no more`, async () => {
            await using server = await openStage(folder);
            await using sockets = openSockets(server, 400);
            const text = sent();
            for (const socket of sockets.all) socket.write(text);
            // Until the agent has accepted them all, it has closed the oldest of them.
            await sockets.closed(400 - 256);
            await assertServed(server);
        });
    }

    it("lets one peer of the network hold so many connections only", async function () {
        const [peer] = Object.values(networkInterfaces()).flatMap((each) =>
            (each ?? []).flatMap(({ family, internal, address }) => (family === "IPv4" && !internal ? [address] : [])),
        );
        if (peer === undefined) return this.skip();
        await using server = await openStage(folder);
        await using sockets = openSockets(server, 100, peer);
        for (const socket of sockets.all) socket.write("GET / HTTP/1.1\r\n");
        await sockets.closed(100 - 64);
        // There would be room for all of them in all.
        await using others = openSockets(server, 100);
        await Promise.all(others.all.map((socket) => once(socket, "connect")));
        await assertServed(server);
        assert.equal(sockets.all.filter((socket) => socket.closed).length, 100 - 64);
        assert.equal(others.all.filter((socket) => socket.closed).length, 0);
    });

    it("gives the place of a slow long delivery to one that arrives", async () => {
        await using server = await openStage(folder);
        const long = { ...removal().headers, "content-length": String(2 * 1_048_576) };
        await using sockets = openSockets(server, 2);
        const continued = sockets.all.map((socket) => once(socket, "data"));
        for (const socket of sockets.all) socket.write(headOf({ ...long, expect: "100-continue" }));
        await Promise.all(continued);
        const grants = Array.from({ length: 30_000 }, (_, index) => ({
            id: `g${index}`,
            ip: "203.0.113.7",
            permanent: true,
        }));
        const { headers, body } = delivery({
            type: "grants.replaced",
            timestamp: new Date(NOW).toISOString(),
            data: { grants },
        });
        assert.ok(body.byteLength > 1_048_576);
        const whole = { method: "POST", headers: headers as Record<string, string>, body: Buffer.from(body) };
        assert.equal(await refusedOrCut(send(server, whole)), 503);
        server.clock.pass(1000);
        assert.equal((await send(server, whole)).status, 200);
        await sockets.closed(1);
    });
});

const headOf = (headers: object, path = "/hooks/grants") =>
    `POST ${path} HTTP/1.1\r\n${Object.entries({ host: "x", ...headers })
        .map(([name, value]) => `${name}: ${value}\r\n`)
        .join("")}\r\n`;

/** @param address The address of the agent and of the sockets: the host uses its own address for both. */
function openSockets({ url }: TestServer, count: number, address = "127.0.0.1") {
    let closed = 0;
    let onClosed = () => {};
    const all = Array.from({ length: count }, (): Socket => {
        const socket = connect(Number(new URL(url).port), address);
        socket.on("error", () => {});
        socket.resume();
        socket.once("close", () => {
            closed += 1;
            onClosed();
        });
        return socket;
    });
    return {
        all,
        closed: (atLeast: number) =>
            new Promise<void>((resolve) => {
                onClosed = () => {
                    if (closed >= atLeast) resolve();
                };
                onClosed();
            }),
        async [Symbol.asyncDispose]() {
            for (const socket of all) socket.destroy();
        },
    };
}
