import { strict as assert } from "node:assert";

import type { GrantSource } from "../../../src/sources/source";
import { promised } from "../../support/fakeClock";
import { A, B, grant } from "../../support/grants";
import { documentOf } from "../../support/grantsDocument";
import { testWatch } from "../contract";
import { serveHolding } from "../holdingServer";
import { nap, sleepForEver } from "../sleepers";
import { open, signal, token } from "../trial";

type Server = Awaited<ReturnType<typeof serveHolding>>;

const textOf = (...ranges: readonly string[]) => JSON.stringify(documentOf(ranges.map((range) => grant(range))));

describe("watching a URL", () => {
    let server: Server;
    beforeEach(async () => {
        server = await serveHolding();
    });
    afterEach(() => server[Symbol.asyncDispose]());

    describe("of a server that holds requests", () =>
        testWatch({
            async open(grants) {
                server.set(JSON.stringify(documentOf(grants)));
                return open(server.url, { sleep: nap });
            },
            async replace(grants) {
                server.set(JSON.stringify(documentOf(grants)));
            },
            async spoil() {
                server.set(undefined);
            },
        }));

    /** Watches a source that was read once, up to the first hint. */
    async function untilWoken(source: GrantSource, happens: () => void): Promise<void> {
        await source.read(signal);
        const stop = new AbortController();
        const woken = promised<void>();
        const held = server.held();
        const ended = source.watch?.(woken.resolve, stop.signal);
        await held;
        happens();
        await woken.promise;
        stop.abort();
        await ended;
    }

    it("sends a changed document once: the read after the hint asks whether it is still the latest", async () => {
        server.set(textOf(A));
        const source = open(server.url, { sleep: nap });
        await untilWoken(source, () => server.set(textOf(B)));
        const before = server.answered.length;
        assert.deepEqual((await source.read(signal)).grants, [grant(B)]);
        const statuses = server.answered.map(({ status, prefer }) => `${status} ${prefer ?? "-"}`);
        assert.deepEqual(statuses.slice(0, 2), ["200 -", "200 wait=50"]);
        assert.deepEqual(statuses.slice(before), ["304 -"]);
    });

    it("sends the token, and asks with the ETag of what was read", async () => {
        server.set(textOf(A));
        await untilWoken(open(server.url, { token, sleep: nap }), () => server.set(textOf(B)));
        assert.deepEqual(
            server.asked.slice(0, 2).map(({ authorization }) => authorization),
            ["Bearer s3cr3t", "Bearer s3cr3t"],
        );
        const [first, second] = server.answered;
        assert.equal(first?.etag, undefined);
        assert.match(second?.etag ?? "", /^"[0-9a-f]{16}"$/);
    });

    it("does not fetch a document that cannot be read again and again", async () => {
        server.set(textOf(A));
        const source = open(server.url, { sleep: nap });
        await source.read(signal);
        const stop = new AbortController();
        const woken = promised<void>();
        const held = server.held();
        const ended = source.watch?.(woken.resolve, stop.signal);
        await held;
        const again = server.held();
        server.set("{}");
        await woken.promise;
        await again;
        await assert.rejects(source.read(signal), { code: "source-unreadable" });
        stop.abort();
        await ended;
        assert.deepEqual(
            server.answered.filter(({ prefer }) => prefer !== undefined).map(({ status }) => status),
            [200, undefined],
        );
    });

    it("asks again after a request that was held for nothing", async () => {
        server.set(textOf(A));
        const source = open(server.url, { sleep: nap });
        await source.read(signal);
        const stop = new AbortController();
        let wakes = 0;
        const held = server.held();
        const ended = source.watch?.(() => {
            wakes += 1;
        }, stop.signal);
        await held;
        const again = server.held();
        server.release();
        await again;
        stop.abort();
        await ended;
        assert.deepEqual([wakes, server.answered[1]?.status], [0, 304]);
    });

    const pauses: [because: string, holds: boolean, content: string | undefined, slept: readonly number[]][] = [
        ["leaves a server alone for ten minutes that does not hold requests", false, textOf(A), [250, 600_000]],
        ["waits after a failure, up to a minute", true, undefined, [250, 1125, 250, 2250, 250, 4500]],
    ];
    for (const [because, holds, content, expected] of pauses) {
        it(because, async () => {
            await using other = await serveHolding(holds);
            other.set(textOf(A));
            const slept: number[] = [];
            const stop = new AbortController();
            const sleep = (ms: number, until: AbortSignal) => {
                slept.push(ms);
                if (slept.length === expected.length) stop.abort();
                return nap(ms, until);
            };
            const source = open(other.url, { sleep, random: () => 0.5 });
            await source.read(signal);
            other.set(content);
            let wakes = 0;
            await source.watch?.(() => {
                wakes += 1;
            }, stop.signal);
            assert.deepEqual([slept, wakes], [expected, 0]);
        });
    }

    it("sends no request before a document with an ETag was read", async () => {
        const stop = new AbortController();
        const sleep = async (ms: number) => {
            assert.equal(ms, 1000);
            stop.abort();
        };
        await open(server.url, { sleep }).watch?.(() => {}, stop.signal);
        assert.deepEqual(server.asked, []);
    });

    it("aborts a held request when its signal aborts", async () => {
        server.set(textOf(A));
        const source = open(server.url, { sleep: sleepForEver(0) });
        await source.read(signal);
        const stop = new AbortController();
        const held = server.held();
        const ended = source.watch?.(() => {}, stop.signal);
        await held;
        stop.abort();
        assert.equal(await ended, undefined);
    });
});
