import { strict as assert } from "node:assert";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";

import type { ServerOptions } from "../../../src/agent/http/types";
import { heldDigest } from "../../../src/agent/page/heldDigest";
import { pushFile } from "../../../src/sources/webhook/pushFile";
import { openWebhookSource } from "../../../src/sources/webhook/webhook";
import { delivery, OTHER_SECRET, SECRET, type SendOptions } from "../../sources/webhook/sender";
import { agentView } from "../../support/agentView";
import { NOW } from "../../support/grants";
import { type Answer, TOKEN, type TriedDesk, tryDesk } from "./triedDesk";

const MINUTE = 60_000;

/** Where the agent listens on the network, and everybody comes from one address: the worst case. */
describe("startServer, of clients that send much or slowly", () => {
    let folder: string;
    beforeEach(async () => {
        folder = await mkdtemp(join(tmpdir(), "zonekeeper-"));
    });
    afterEach(() => rm(folder, { recursive: true }));

    const held = ["203.0.113.7/32"];

    async function openStage(options: Partial<ServerOptions> = {}) {
        const store = pushFile({
            path: join(folder, "webhook.jsonl"),
            limits: { widestPrefix: 24 },
            isShared: false,
            sleep: async () => {},
        });
        const source = openWebhookSource({
            secrets: [{ setting: "env:HOOK", read: () => SECRET }],
            store,
            limits: { widestPrefix: 24 },
        });
        return tryDesk({
            listen: { host: "0.0.0.0", port: 0 },
            token: () => TOKEN,
            view: () => agentView({ held }),
            webhook: () => ({
                screen: (headers) => source.screen(headers, NOW),
                authenticate: (request) => source.authenticate(request, NOW),
                accept: (request) => source.accept(request, NOW),
            }),
            ...options,
        });
    }

    /** The headers and the body of a delivery that removes a grant. */
    function removal(options: SendOptions = {}) {
        const payload = { type: "grant.removed", timestamp: new Date(NOW).toISOString(), data: { id: randomUUID() } };
        const { headers, body } = delivery(payload, options);
        return { method: "POST", headers: headers as Record<string, string>, body: Buffer.from(body) };
    }

    const send = (desk: TriedDesk, sent: ReturnType<typeof removal>) => desk.ask("/hooks/grants", sent);

    /** What has to go on, whatever others do: probes, a signed delivery, a confirmation, a denial. */
    async function assertServed(desk: TriedDesk): Promise<void> {
        for (const path of ["/healthz", "/readyz", "/metrics"]) assert.equal((await desk.ask(path)).status, 200, path);
        assert.equal((await send(desk, removal())).status, 200);
        const bearer = { authorization: `Bearer ${TOKEN}` };
        const confirmed = await desk.ask("/api/confirm", { method: "POST", headers: bearer });
        assert.equal(confirmed.status, 200);
        const form = new URLSearchParams({ token: TOKEN, seen: heldDigest(held), by: "mia" }).toString();
        const headers = { "content-type": "application/x-www-form-urlencoded" };
        assert.equal((await desk.ask("/api/confirm", { method: "POST", headers, body: form })).status, 200);
        const denial = JSON.stringify({ user: "ana", reason: "x" });
        assert.equal((await desk.ask("/api/deny", { method: "POST", headers: bearer, body: denial })).status, 201);
    }

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
            await using desk = await openStage();
            const [signed, others]: [number[], number[]] = [[], []];
            for (let round = 0; round < 20; round += 1) {
                const answers = Array.from({ length: 20 }, () => refusedOrCut(send(desk, sent())));
                const one = send(desk, removal());
                for (const status of await Promise.all(answers)) others.push(status);
                signed.push((await one).status);
            }
            assert.deepEqual(signed, Array(20).fill(200));
            assert.deepEqual([...new Set(others)].filter((status) => status > 0).sort(), statuses);
            await assertServed(desk);
        });
    }

    it("bounds the signed ones by themselves, and says when to come back", async () => {
        await using desk = await openStage();
        const statuses: number[] = [];
        for (let count = 0; count < 201; count += 1) statuses.push((await send(desk, removal())).status);
        assert.deepEqual(statuses, [...Array(200).fill(200), 429]);
        const { status, headers } = await send(desk, removal());
        assert.deepEqual([status, headers["retry-after"], headers.connection], [429, "1", "close"]);
        desk.clock.pass(20);
        assert.equal((await send(desk, removal())).status, 200);
    });

    it("limits replays of a signed delivery", async () => {
        await using desk = await openStage();
        const overheard = removal();
        const statuses: number[] = [];
        for (let count = 0; count < 250; count += 1) statuses.push((await send(desk, overheard)).status);
        assert.deepEqual(statuses, [...Array(21).fill(200), ...Array(229).fill(429)]);
        await assertServed(desk);
    });

    it("takes the confirmation of who has the token among those of who has not", async () => {
        await using desk = await openStage();
        const asks = [
            { headers: {} },
            { headers: { authorization: "Bearer wrong-token-of-the-agent" } },
            { headers: { "content-type": "application/x-www-form-urlencoded" }, body: "token=wrong&seen=x&by=x" },
        ];
        const statuses: number[] = [];
        for (let count = 0; count < 150; count += 1) {
            for (const path of ["/api/confirm", "/api/deny"]) {
                statuses.push((await desk.ask(path, { method: "POST", ...asks[count % 3] })).status);
            }
        }
        assert.deepEqual([...new Set(statuses)].sort(), [401, 429]);
        await assertServed(desk);
    });

    it("answers every request for metrics, beyond a limit with the last ones", async () => {
        let reads = 0;
        const read = async () => ({ text: `reads ${++reads}\n`, contentType: "text/plain" });
        await using desk = await openStage({ metrics: { read } });
        const texts: string[] = [];
        for (let count = 0; count < 100; count += 1) {
            const { status, text } = await desk.ask("/metrics");
            assert.equal(status, 200);
            texts.push(text);
        }
        assert.deepEqual([reads, texts.at(-1)], [20, "reads 20\n"]);
        await assertServed(desk);
        desk.clock.pass(1000);
        assert.equal((await desk.ask("/metrics")).text, "reads 21\n");
    });

    it("answers 401 to another address while one address guesses tokens", async () => {
        await using desk = await openStage();
        const look = (from: string) => desk.ask("/api/status", { from });
        const statuses: number[] = [];
        for (let count = 0; count < 60; count += 1) statuses.push((await look("127.0.0.2")).status);
        assert.deepEqual(statuses, [...Array(20).fill(401), ...Array(40).fill(429)]);
        assert.equal((await look("127.0.0.1")).status, 401);
    });

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
            await using desk = await openStage();
            await using sockets = openSockets(desk, 400);
            const text = sent();
            for (const socket of sockets.all) socket.write(text);
            // Until the agent has accepted them all, it has closed the oldest of them.
            await sockets.closed(400 - 256);
            await assertServed(desk);
        });
    }

    it("lets one peer of the network hold so many connections only", async function () {
        const [peer] = Object.values(networkInterfaces()).flatMap((each) =>
            (each ?? []).flatMap(({ family, internal, address }) => (family === "IPv4" && !internal ? [address] : [])),
        );
        if (peer === undefined) return this.skip();
        await using desk = await openStage();
        await using sockets = openSockets(desk, 100, peer);
        for (const socket of sockets.all) socket.write("GET / HTTP/1.1\r\n");
        await sockets.closed(100 - 64);
        // There would be room for all of them in all.
        await using others = openSockets(desk, 100);
        await Promise.all(others.all.map((socket) => once(socket, "connect")));
        await assertServed(desk);
        assert.equal(sockets.all.filter((socket) => socket.closed).length, 100 - 64);
        assert.equal(others.all.filter((socket) => socket.closed).length, 0);
    });

    it("gives the place of a slow long delivery to one that arrives", async () => {
        await using desk = await openStage();
        const long = { ...removal().headers, "content-length": String(2 * 1_048_576) };
        await using sockets = openSockets(desk, 2);
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
        assert.equal(await refusedOrCut(send(desk, whole)), 503);
        desk.clock.pass(1000);
        assert.equal((await send(desk, whole)).status, 200);
        await sockets.closed(1);
    });

    const headOf = (headers: object, path = "/hooks/grants") =>
        `POST ${path} HTTP/1.1\r\n${Object.entries({ host: "x", ...headers })
            .map(([name, value]) => `${name}: ${value}\r\n`)
            .join("")}\r\n`;

    /** @param address Where they go, and come from: the machine takes its own address for both. */
    function openSockets({ url }: TriedDesk, count: number, address = "127.0.0.1") {
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
});

/** The status; 0 where the agent ended the connection before everything was sent. */
async function refusedOrCut(answer: Promise<Answer>): Promise<number> {
    try {
        return (await answer).status;
    } catch {
        return 0;
    }
}
