import { strict as assert } from "node:assert";

import type { GrantSource } from "../../../src/sources/source";
import { promised } from "../../support/fakeClock";
import { A, B, grant } from "../../support/grants";
import { nap } from "../sleepers";
import { eachOnItsTable, open, replaceSql } from "./bench";

const { signal } = new AbortController();

describe("listening to PostgreSQL", () => {
    const { server, url, run } = eachOnItsTable();

    /** Watches, and gives a way to await the next hint. */
    function hints(source: GrantSource) {
        const stop = new AbortController();
        let hinted = promised<void>();
        const ended = source.watch?.(() => hinted.resolve(), stop.signal);
        return {
            async next() {
                await hinted.promise;
                hinted = promised();
            },
            async [Symbol.asyncDispose]() {
                stop.abort();
                await ended;
            },
        };
    }

    for (const [what, sql] of [
        ["an insert", "INSERT INTO grants (id, ip, permanent) VALUES ('n', '{1.1.1.1}', true)"],
        ["an update", "UPDATE grants SET reason = 'x'"],
        ["a delete", "DELETE FROM grants"],
        ["a truncate", "TRUNCATE grants"],
    ] as const) {
        it(`is notified of ${what}`, async () => {
            await run(replaceSql([grant(A)]));
            await using heard = hints(open(url()));
            await heard.next();
            await run(sql);
            await heard.next();
        });
    }

    it("is not notified of another channel", async () => {
        await using heard = hints(open(url()));
        await heard.next();
        const next = heard.next();
        await run("SELECT pg_notify('other', '')");
        const first = await Promise.race([next.then(() => "hint"), run("SELECT 1").then(() => "nothing")]);
        assert.equal(first, "nothing");
        await run("SELECT pg_notify('zonekeeper_grants', '')");
        await next;
    });

    it("listens again after the server was away, and calls back once, as it may have missed a change", async () => {
        const source = open(url());
        await using heard = hints(source);
        await heard.next();
        await server().stop();
        await assert.rejects(source.read(signal), { code: "source-unreadable" });
        await server().start();
        await heard.next();
        await run(replaceSql([grant(B)]));
        await heard.next();
        assert.deepEqual((await source.read(signal)).grants, [grant(B)]);
    });

    it("asks a connection that says nothing whether it is there", async () => {
        const slept: number[] = [];
        const stop = new AbortController();
        const sleep = (ms: number, until: AbortSignal) => {
            slept.push(ms);
            if (slept.length === 3) stop.abort();
            return nap(ms, until);
        };
        await open(url(), { sleep }).watch?.(() => {}, stop.signal);
        assert.deepEqual(slept, [30_000, 30_000, 30_000]);
    });

    it("waits longer after each failure, up to 20 s", async () => {
        const slept: number[] = [];
        const stop = new AbortController();
        const sleep = (ms: number, until: AbortSignal) => {
            slept.push(ms);
            if (slept.length === 7) stop.abort();
            return nap(ms, until);
        };
        const gone = new URL(url());
        gone.port = "1";
        await open(gone.href, { sleep }).watch?.(() => {}, stop.signal);
        assert.deepEqual(slept, [1000, 2000, 4000, 8000, 16_000, 20_000, 20_000]);
    });
});
