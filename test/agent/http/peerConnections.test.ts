import { strict as assert } from "node:assert";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";

import { limitConnections } from "../../../src/agent/http/limits/connections";

describe("limitConnections, of one peer", () => {
    let server: Server;
    let accepted: Socket[] = [];

    beforeEach(async () => {
        accepted = [];
        server = createServer();
        limitConnections(server, { most: 100, mostPerPeer: 2, isShared: () => false });
        server.on("connection", (socket: Socket) => accepted.push(socket));
        await once(server.listen(0, "127.0.0.1"), "listening");
    });

    afterEach(() => {
        server.close();
        server.closeAllConnections();
    });

    /** A connection that the server has accepted. */
    async function come(): Promise<Socket> {
        const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
        socket.on("error", () => {});
        await once(server, "connection");
        return socket;
    }

    const open = () => accepted.map((socket) => !socket.destroyed);

    it("closes the oldest one where the peer has too many", async () => {
        for (let count = 0; count < 3; count += 1) await come();
        assert.deepEqual(open(), [false, true, true]);
    });

    it("has room again for each that is gone", async () => {
        const first = await come();
        await come();
        const isGone = once(accepted[0] as Socket, "close");
        first.destroy();
        await isGone;
        await come();
        assert.deepEqual(open(), [false, true, true]);
    });
});
