import { strict as assert } from "node:assert";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { OTHER_SECRET } from "../../sources/webhook/sender";
import { NOW } from "../../support/grants";
import { assertServed, openStage, refusedOrCut, removal, send } from "./floodStage";

const MINUTE = 60_000;

/** The agent listens on the network, and all clients have one address, which is the worst case. */
describe("startServer, with clients that send much", () => {
    let folder: string;
    beforeEach(async () => {
        folder = await mkdtemp(join(tmpdir(), "zonekeeper-"));
    });
    afterEach(() => rm(folder, { recursive: true }));

    const unsigned: readonly (readonly [kind: string, sent: () => ReturnType<typeof removal>, statuses: number[]])[] = [
        ["have no signature", () => ({ method: "POST", headers: {}, body: Buffer.from("{}") }), [400, 429]],
        [
            "have nonsense for one",
            () => ({ ...removal(), headers: { ...removal().headers, "webhook-signature": "v1," } }),
            [401, 429],
        ],
        ["are signed with another secret", () => removal({ secrets: [OTHER_SECRET] }), [401, 429]],
        ["were signed an hour ago", () => removal({ sentMs: NOW - 60 * MINUTE }), [400, 429]],
        ["are changed after they were signed", () => ({ ...removal(), body: Buffer.alloc(50_000, "x") }), [401, 429]],
        [
            "say that they are longer than any",
            () => ({ method: "POST", headers: { "content-length": String(2 ** 30) }, body: Buffer.alloc(0) }),
            [400, 429],
        ],
    ];
    for (const [kind, sent, statuses] of unsigned) {
        it(`takes every signed delivery among deliveries that ${kind}`, async () => {
            await using server = await openStage(folder);
            const [signed, others]: [number[], number[]] = [[], []];
            for (let round = 0; round < 20; round += 1) {
                const answers = Array.from({ length: 20 }, () => refusedOrCut(send(server, sent())));
                const one = send(server, removal());
                for (const status of await Promise.all(answers)) others.push(status);
                signed.push((await one).status);
            }
            assert.deepEqual(signed, Array(20).fill(200));
            assert.deepEqual([...new Set(others)].filter((status) => status > 0).sort(), statuses);
            await assertServed(server);
        });
    }

    it("bounds the signed ones by themselves, and says when to come back", async () => {
        await using server = await openStage(folder);
        const statuses: number[] = [];
        for (let count = 0; count < 201; count += 1) statuses.push((await send(server, removal())).status);
        assert.deepEqual(statuses, [...Array(200).fill(200), 429]);
        const { status, headers } = await send(server, removal());
        assert.deepEqual([status, headers["retry-after"], headers.connection], [429, "1", "close"]);
        server.clock.pass(20);
        assert.equal((await send(server, removal())).status, 200);
    });

    it("limits replays of a signed delivery", async () => {
        await using server = await openStage(folder);
        const overheard = removal();
        const statuses: number[] = [];
        for (let count = 0; count < 250; count += 1) statuses.push((await send(server, overheard)).status);
        assert.deepEqual(statuses, [...Array(21).fill(200), ...Array(229).fill(429)]);
        await assertServed(server);
    });

    it("takes the confirmation of who has the token among those of who has not", async () => {
        await using server = await openStage(folder);
        const asks = [
            { headers: {} },
            { headers: { authorization: "Bearer wrong-token-of-the-agent" } },
            { headers: { "content-type": "application/x-www-form-urlencoded" }, body: "token=wrong&seen=x&by=x" },
        ];
        const statuses: number[] = [];
        for (let count = 0; count < 150; count += 1) {
            for (const path of ["/api/confirm", "/api/deny"]) {
                statuses.push((await server.ask(path, { method: "POST", ...asks[count % 3] })).status);
            }
        }
        assert.deepEqual([...new Set(statuses)].sort(), [401, 429]);
        await assertServed(server);
    });

    it("answers every request for metrics, beyond a limit with the last ones", async () => {
        let reads = 0;
        const read = async () => ({ text: `reads ${++reads}\n`, contentType: "text/plain" });
        await using server = await openStage(folder, { metrics: { read } });
        const texts: string[] = [];
        for (let count = 0; count < 100; count += 1) {
            const { status, text } = await server.ask("/metrics");
            assert.equal(status, 200);
            texts.push(text);
        }
        assert.deepEqual([reads, texts.at(-1)], [20, "reads 20\n"]);
        await assertServed(server);
        server.clock.pass(1000);
        assert.equal((await server.ask("/metrics")).text, "reads 21\n");
    });

    it("answers 401 to another address while one address guesses tokens", async () => {
        await using server = await openStage(folder);
        const look = (from: string) => server.ask("/api/status", { from });
        const statuses: number[] = [];
        for (let count = 0; count < 60; count += 1) statuses.push((await look("127.0.0.2")).status);
        assert.deepEqual(statuses, [...Array(20).fill(401), ...Array(40).fill(429)]);
        assert.equal((await look("127.0.0.1")).status, 401);
    });
});
