import { strict as assert } from "node:assert";
import { once } from "node:events";

import { EVENTS } from "../../support/agentEvents";
import { fakeClock, promised } from "../../support/fakeClock";
import { NOW } from "../../support/grants";
import { listen, openTestServer } from "./testServer";

describe("GET /events", () => {
    it("sends one sentence for each event", async () => {
        await using server = await openTestServer();
        const events = await listen(server.url);
        assert.deepEqual([events.status, await events.next()], [200, "retry: 3000\n\n"]);
        // Behind nginx an event would wait for thousands of others.
        assert.equal(events.headers["x-accel-buffering"], "no");
        server.happen(EVENTS["removals.confirmed"]);
        assert.equal(
            await events.next(),
            'id: 1\nevent: told\ndata: {"at":"2026-12-01T12:00:00.000Z","type":"removals.confirmed",' +
                '"text":"mia confirmed the removal of 203.0.113.7/32: INC-4712"}\n\n',
        );
        events.close();
    });

    it("ends the streams when the server closes", async () => {
        const server = await openTestServer();
        const events = await listen(server.url);
        await events.next();
        await server[Symbol.asyncDispose]();
        assert.equal(await events.next(), "the end");
    });

    it("lets a listener go when its connection ends", async () => {
        const beating = promised<AbortSignal>();
        const clock = {
            ...fakeClock(NOW),
            sleep(_ms: number, signal: AbortSignal) {
                beating.resolve(signal);
                return new Promise<void>((_resolve, reject) => signal.addEventListener("abort", reject));
            },
        };
        await using server = await openTestServer({ clock });
        const events = await listen(server.url);
        const signal = await beating.promise;
        const ended = once(signal, "abort");
        events.close();
        await ended;
        assert.equal(signal.aborted, true);
    });

    it("has room for 32", async () => {
        await using server = await openTestServer();
        const all = await Promise.all(Array.from({ length: 32 }, () => listen(server.url)));
        assert.deepEqual(new Set(all.map(({ status }) => status)), new Set([200]));
        const { status, headers } = await server.ask("/events");
        assert.deepEqual([status, headers["retry-after"], headers.connection], [503, "30", "close"]);
        for (const each of all) each.close();
    });
});
