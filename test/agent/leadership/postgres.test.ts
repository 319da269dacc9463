import { strict as assert } from "node:assert";
import { randomUUID } from "node:crypto";
import { getEventListeners, once } from "node:events";
import { createServer, connect as dial, type Socket } from "node:net";
import { join } from "node:path";

import type { Leadership } from "../../../src/agent/leadership/leadership";
import { postgresLeadership } from "../../../src/agent/leadership/postgres";
import { openSession } from "../../../src/agent/leadership/postgresSession";
import { systemClock } from "../../../src/clock";
import { promised } from "../../support/fakeClock";
import { PASSWORD, type Postgres, startPostgres } from "../../support/postgres";
import { start } from "../../support/run";
import { type Stage, testLeadership } from "./contract";

const NEVER = new AbortController().signal;

/** A fifth of the real spans, as the tests wait for them. */
const SPANS = { everyMs: 100, proofMs: 600, graceMs: 900, idleMs: 1200 };

let postgres: Postgres;

/** A way to the server that can go silent: what is sent does not arrive, and nobody hears of it. */
async function openWay(url: string) {
    const pairs: Socket[] = [];
    const server = createServer((near) => {
        const far = dial(postgres.port, "127.0.0.1");
        near.pipe(far);
        far.pipe(near);
        for (const socket of [near, far]) socket.on("error", () => {});
        near.on("close", () => far.destroy());
        far.on("close", () => near.destroy());
        pairs.push(near, far);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    return {
        url: url.replace(`:${postgres.port}/`, `:${port}/`),
        silence() {
            for (const socket of pairs) {
                socket.unpipe();
                socket.removeAllListeners("close");
                socket.pause();
            }
        },
        close() {
            for (const socket of pairs) socket.destroy();
            server.close();
        },
    };
}

async function openStage(): Promise<Stage> {
    const database = await postgres.createDatabase();
    const ways = [await openWay(database), await openWay(database), await openWay(database)];
    const used: Leadership[] = [];
    return {
        candidate() {
            const { url } = ways[used.length] ?? { url: database };
            const leadership = postgresLeadership({ url, clock: systemClock, nonce: randomUUID, ...SPANS });
            used.push(leadership);
            return leadership;
        },
        async leader() {
            const settings = JSON.stringify({ type: "postgres", url: "env:DATABASE_URL" });
            const args = ["--require", "./tsx.cjs", join(__dirname, "candidate.ts"), settings];
            const process = start(args, { env: { DATABASE_URL: database } });
            assert.equal(await process.firstLine, "leads");
            return { crash: () => process[Symbol.asyncDispose]() };
        },
        cutOff: async (leadership) => ways[used.indexOf(leadership)]?.silence(),
        until: (promise) => promise,
        async [Symbol.asyncDispose]() {
            await Promise.all(used.map((each) => each.close()));
            for (const way of ways) way.close();
        },
    };
}

describe("with a real PostgreSQL", () => {
    before(async () => {
        postgres = await startPostgres();
    });
    after(() => postgres[Symbol.asyncDispose]());

    testLeadership("a PostgreSQL lock", openStage);

    describe("postgresLeadership", () => {
        const opened: { close(): unknown }[] = [];
        const candidate = (url: string, more: object = {}) => {
            const leadership = postgresLeadership({ url, clock: systemClock, nonce: randomUUID, ...SPANS, ...more });
            opened.push(leadership);
            return leadership;
        };
        // Also after a failure: a connection that is left would keep the process.
        afterEach(() => Promise.all(opened.splice(0).map((each) => each.close())));

        it("signals the leader whose session an administrator ends, before another one leads", async () => {
            const url = await postgres.createDatabase();
            const [one, two] = [candidate(url), candidate(url)];
            const log: string[] = [];
            const term = await one.lead(NEVER);
            term.lost.addEventListener("abort", () => log.push("one lost it"));
            const next = two.lead(NEVER).then(() => log.push("two leads"));
            await postgres.query(
                url,
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted",
            );
            await next;
            assert.deepEqual(log, ["one lost it", "two leads"]);
        });

        it("signals a leader that is cut off even where the server frees the lock at once", async () => {
            const url = await postgres.createDatabase();
            const way = await openWay(url);
            opened.push(way);
            const [one, two] = [candidate(way.url), candidate(url)];
            const log: string[] = [];
            const term = await one.lead(NEVER);
            term.lost.addEventListener("abort", () => log.push("one lost it"));
            const next = two.lead(NEVER).then(() => log.push("two leads"));
            way.silence();
            const holders = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted";
            await postgres.query(url, `SELECT pg_terminate_backend(pid) FROM (${holders}) AS holder`);
            await next;
            assert.deepEqual(log, ["one lost it", "two leads"]);
        });

        it("waits where the leader before did not say that it had ended, and only there", async () => {
            const url = await postgres.createDatabase();
            const slept: number[] = [];
            const clock = {
                ...systemClock,
                sleep: (ms: number, signal: AbortSignal) => {
                    slept.push(ms);
                    return systemClock.sleep(ms, signal);
                },
            };
            // A busy machine must not make a leader of which the next one cannot know that it has ended.
            const patient = { clock, proofMs: 60_000, idleMs: 60_000 };
            const [one, two] = [candidate(url, patient), candidate(url, patient)];
            const first = await one.lead(NEVER);
            assert.equal(slept.filter((ms) => ms === SPANS.graceMs).length, 1);
            const next = two.lead(NEVER);
            // It hears only what is said while it waits.
            while (two.lockState?.().kind !== "held") await postgres.query(url, "SELECT");
            await first.end();
            await next;
            assert.equal(slept.filter((ms) => ms === SPANS.graceMs).length, 1);
        });

        it("says who holds the lock, that no leader is known in the grace period, and that the server is away", async () => {
            const url = await postgres.createDatabase();
            const inGrace = promised<void>();
            const clock = {
                ...systemClock,
                sleep: (ms: number, signal: AbortSignal) => {
                    if (ms === SPANS.graceMs) inGrace.resolve();
                    return systemClock.sleep(ms, signal);
                },
            };
            const trouble = promised<string>();
            const one = candidate(url, { clock });
            const two = candidate(url, { onTrouble: trouble.resolve });
            const led = one.lead(NEVER);
            await inGrace.promise;
            const why = "this agent has the lock, and leads once any other has stopped, in 0.9 s";
            assert.deepEqual(one.lockState?.(), { kind: "unknown", why });
            await led;
            two.lead(NEVER).catch(() => {});
            while (two.lockState?.().kind !== "held") await postgres.query(url, "SELECT");
            const [holder] = await postgres.query(url, "SELECT pid FROM pg_locks WHERE objsubid = 1 AND granted");
            const by = `process ${holder?.pid} of the server, from 127.0.0.1`;
            assert.deepEqual(two.lockState?.(), { kind: "held", by });
            await postgres.stop();
            const problem = await trouble.promise;
            assert.match(problem, /^the database of the lock does not answer/);
            const away = two.lockState?.();
            assert.match(away?.kind === "unknown" ? away.why : "", /^the database of the lock does not answer/);
            await postgres.start();
        });

        it("leaves nothing behind where it waits again and again, as a standby does each second", async () => {
            const url = await postgres.createDatabase();
            const session = await openSession({
                url,
                key: 7,
                nonce: randomUUID(),
                idleMs: SPANS.idleMs,
                timeoutMs: 3000,
            });
            assert.ok("closed" in session);
            opened.push(session);
            const waits = Array.from({ length: 20 }, () => session.freed());
            assert.equal(getEventListeners(session.closed, "abort").length, 1);
            session.close();
            await waits.at(-1);
        });

        it("does not take a standby for a server that has the lock", async () => {
            const url = await postgres.createDatabase();
            const told = promised<string>();
            // As a standby answers it, which is a server of its own with locks of its own.
            await postgres.query(url, "CREATE SCHEMA standby");
            await postgres.query(
                url,
                "CREATE FUNCTION standby.pg_is_in_recovery() RETURNS boolean LANGUAGE sql AS 'SELECT true'",
            );
            const path = `${url}?options=-c%20search_path%3Dstandby,pg_catalog`;
            candidate(path, { onTrouble: told.resolve })
                .lead(NEVER)
                .catch(() => {});
            assert.equal(
                await told.promise,
                "the database of the lock is a standby, which only reads: name the primary",
            );
        });

        it("lets agents with different keys lead side by side", async () => {
            const url = await postgres.createDatabase();
            const patient = { proofMs: 60_000, idleMs: 60_000 };
            const all = [1, -1, 2 ** 40].map((key) => candidate(url, { key, ...patient }));
            const terms = await Promise.all(all.map((each) => each.lead(NEVER)));
            await postgres.query(url, "SELECT pg_sleep(0.5)");
            assert.deepEqual(
                terms.map(({ lost }) => lost.aborted),
                [false, false, false],
            );
        });

        it("waits for a server that is away, and says why", async () => {
            const url = await postgres.createDatabase();
            const { promise, resolve } = promised<string>();
            await postgres.stop();
            const one = candidate(url, { onTrouble: resolve });
            const led = one.lead(NEVER);
            assert.match(
                await promise,
                /^the database of the lock does not answer: \S+ refused the connection; check the address/,
            );
            await postgres.start();
            assert.equal((await led).lost.aborted, false);
        });

        it("asks a server elsewhere with TLS only, if the URL does not say otherwise", async () => {
            // 127.1 is this machine too, and not one of the names that are taken for it.
            const url = (await postgres.createDatabase()).replace("127.0.0.1", "127.1");
            const { promise, resolve } = promised<string>();
            const led = candidate(url, { onTrouble: resolve }).lead(NEVER);
            led.catch(() => {});
            assert.equal(
                await promise,
                "the database of the lock cannot be asked: the server does not offer TLS: if it should be asked without, say sslmode=disable in the URL",
            );
            assert.equal((await candidate(`${url}?sslmode=disable`).lead(NEVER)).lost.aborted, false);
        });

        it("does not wait for a server that refuses it, and shows no password", async () => {
            const url = (await postgres.createDatabase()).replace(/\/d\d+$/, "/nowhere");
            const one = candidate(url);
            assert.equal(one.name, `PostgreSQL lock 2064384911 of 127.0.0.1:${postgres.port}/nowhere`);
            await assert.rejects(one.lead(NEVER), (error: Error) => {
                assert.equal(error.message, 'the database of the lock refuses: database "nowhere" does not exist');
                assert.equal(error.message.includes(PASSWORD), false);
                return (error as { code?: string }).code === "bad-input";
            });
        });
    });
});
