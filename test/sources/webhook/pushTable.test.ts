import { strict as assert } from "node:assert";

import { hasCode } from "../../../src/core/errors/errors";
import { isWebhook } from "../../../src/sources/open";
import { pushSchemaSql, USUAL_PUSHES } from "../../../src/sources/webhook/pushSchema";
import type { PushStore } from "../../../src/sources/webhook/pushStore";
import { type PushTableOptions, pushTable } from "../../../src/sources/webhook/pushTable";
import { openWebhookSource } from "../../../src/sources/webhook/webhook";
import { A, B, grant, NOW } from "../../support/grants";
import { documentOf } from "../../support/grantsDocument";
import { PASSWORD, type Postgres, startPostgres } from "../../support/postgres";
import { testSource, testWatch } from "../contract";
import { nap } from "../sleepers";
import { delivery, SECRET } from "./sender";
import { testPushStore } from "./storeContract";

const { signal } = new AbortController();

describe("pushTable", () => {
    let postgres: Postgres;
    let url: string;
    before(async () => {
        postgres = await startPostgres();
        url = await postgres.createDatabase();
    });
    after(() => postgres[Symbol.asyncDispose]());
    const opened: PushStore[] = [];
    afterEach(() => Promise.all(opened.splice(0).map((store) => store.close?.())));

    const run = (sql: string) => postgres.query(url, sql);
    const open = (more: Partial<PushTableOptions> = {}) => {
        const store = pushTable({
            setting: "env:DATABASE_URL",
            url: () => url,
            table: USUAL_PUSHES,
            sql: `"${USUAL_PUSHES}"`,
            limits: { widestPrefix: 24 },
            sleep: nap,
            random: () => 0,
            ...more,
        });
        opened.push(store);
        return store;
    };
    const empty = async () => {
        await run(`DROP TABLE IF EXISTS away, ${USUAL_PUSHES}, ${USUAL_PUSHES}_deliveries`);
        await run(pushSchemaSql(`"${USUAL_PUSHES}"`));
    };
    const problemOf = async (work: Promise<unknown>) => {
        const error = (await work.then(() => assert.fail("it was done")).catch((cause: unknown) => cause)) as Error;
        if (!hasCode(error, "source-unreadable")) throw error;
        assert.equal(`${error.stack} ${JSON.stringify(error.cause ?? "")}`.includes(PASSWORD), false);
        return error.message;
    };
    const set = (atMs: number, id: string) => ({ type: "set" as const, atMs, id, grant: { id, ip: "1.1.1.1" } });

    testPushStore({
        empty,
        open,
        spoil: () => postgres.stop(),
        mend: () => postgres.start(),
    });

    describe("behind a webhook", () => {
        const accepted = { status: 200, body: { result: "accepted", unusable: [] } };
        const opening = () =>
            openWebhookSource({
                secrets: [{ setting: "env:HOOK", read: () => SECRET }],
                store: open(),
                limits: { widestPrefix: 24 },
            });
        const kind: Parameters<typeof testSource>[0] = {
            async open(grants) {
                await empty();
                assert.deepEqual(await opening().accept(delivery(documentOf(grants)), NOW), accepted);
                return opening();
            },
            async replace(grants) {
                await run(`ALTER TABLE IF EXISTS away RENAME TO ${USUAL_PUSHES}`);
                assert.deepEqual(await opening().accept(delivery(documentOf(grants)), NOW), accepted);
            },
            async spoil() {
                await run(`ALTER TABLE ${USUAL_PUSHES} RENAME TO away`);
            },
        };
        testSource(kind);
        testWatch(kind);

        it("is answered with 503 while it cannot be kept, and taken when it is sent again", async () => {
            const source = await kind.open([grant(A)]);
            assert.ok(isWebhook(source));
            const sent = delivery(documentOf([grant(B)]), { id: "msg_1" });
            await kind.spoil?.();
            const later = { status: 503, body: { error: "it could not be kept: send it again later" } };
            assert.deepEqual(await source.accept(sent, NOW), later);
            await run(`ALTER TABLE away RENAME TO ${USUAL_PUSHES}`);
            assert.deepEqual(await source.accept(sent, NOW), accepted);
            assert.deepEqual((await source.read(signal)).grants, [grant(B)]);
        });
    });

    describe("besides", () => {
        beforeEach(empty);

        it("remembers the latest 10,000 deliveries, and the latest 10,000 removals", async () => {
            await run(
                `INSERT INTO ${USUAL_PUSHES}_deliveries SELECT n, 'old ' || n, 0, NULL, NULL FROM generate_series(1, 10000) n`,
            );
            await run(`INSERT INTO ${USUAL_PUSHES} SELECT '=r' || n, n, 0, n, NULL FROM generate_series(1, 10000) n`);
            const store = open();
            await store.take({ id: "one more", push: { type: "removed", atMs: 10_001, id: "r10001" } });
            const [counts] = await run(`SELECT (SELECT count(*) FROM ${USUAL_PUSHES}_deliveries) AS deliveries,
                (SELECT min(id) FROM ${USUAL_PUSHES}_deliveries WHERE change = 2) AS oldest,
                (SELECT count(*) FROM ${USUAL_PUSHES}) AS removals`);
            assert.deepEqual(counts, { deliveries: "10000", oldest: "old 2", removals: "10000" });
            assert.equal((await open().take({ id: "old 2", push: set(1, "r1") })).result, "known");
            assert.equal((await open().take({ id: "old 1", push: set(1, "r1") })).result, "older");
            assert.equal((await store.take({ id: "new", push: set(2, "r1") })).result, "accepted");
        });

        it("reads everything anew where the tables were emptied, or are those of another time", async () => {
            const [one, other] = [open(), open()];
            for (const [index, id] of ["a", "b", "c"].entries()) await one.take({ id, push: set(index, id) });
            await one.read(signal);
            await run(`TRUNCATE ${USUAL_PUSHES}, ${USUAL_PUSHES}_deliveries`);
            assert.deepEqual((await one.read(signal)).reading.unusable, []);
            for (const id of ["x", "y", "z", "w"]) await other.take({ id: `new ${id}`, push: set(5, id) });
            const { reading } = await one.read(signal);
            assert.deepEqual(
                reading.unusable.map(({ id }) => id),
                ["x", "y", "z", "w"],
            );
        });

        it("asks once more over a new connection where the kept one was cut", async () => {
            const store = open();
            await store.take({ id: "1", push: set(1, "a") });
            await run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'zonekeeper'");
            assert.equal((await store.take({ id: "2", push: set(2, "b") })).result, "accepted");
        });

        it("gives up, and keeps nothing, while another session holds the lock for too long", async () => {
            const store = open({ takeMs: 300 });
            await store.take({ id: "1", push: set(1, "a") });
            await using held = await holdLock(url);
            assert.equal(await problemOf(store.take({ id: "2", push: set(2, "b") })), "no answer within 0.3 s");
            await held.release();
            assert.deepEqual(
                (await store.read(signal)).reading.unusable.map(({ id }) => id),
                ["a"],
            );
        });

        const wrong: [what: string, sql: string, problem: string][] = [
            [
                "a table that is not there",
                `DROP TABLE ${USUAL_PUSHES}`,
                `relation "${USUAL_PUSHES}" does not exist; \`zonekeeper schema --webhook\` prints the SQL that makes the tables`,
            ],
            [
                "a table of another shape",
                `ALTER TABLE ${USUAL_PUSHES} DROP COLUMN nth`,
                'column "nth" does not exist; `zonekeeper schema --webhook` prints the SQL of the tables as they have to be',
            ],
            [
                "an entry that somebody garbled",
                `INSERT INTO ${USUAL_PUSHES} VALUES ('=a', 1, 0, 1, '{'); INSERT INTO ${USUAL_PUSHES}_deliveries VALUES (1, 'x', 0)`,
                'the entry of "=a" is not what an agent wrote',
            ],
        ];
        for (const [what, sql, problem] of wrong) {
            it(`is unreadable for ${what}`, async () => {
                await run(sql);
                const store = open();
                assert.equal(await problemOf(store.read(signal)), problem);
                assert.equal(await problemOf(store.take({ id: "1", push: set(1, "a") })), problem);
            });
        }

        it("needs no more rights than the schema names, and says which ones are missing", async () => {
            await run(`DROP ROLE IF EXISTS pusher; CREATE ROLE pusher LOGIN PASSWORD '${PASSWORD}'`);
            const at = new URL(url);
            at.username = "pusher";
            const store = open({ url: () => at.href });
            assert.equal(
                await problemOf(store.read(signal)),
                `permission denied for table ${USUAL_PUSHES}; grant SELECT, INSERT, UPDATE and DELETE on it to this user`,
            );
            const [, grantSql = ""] =
                /^-- {3}(GRANT .*) TO zonekeeper;$/m.exec(pushSchemaSql(`"${USUAL_PUSHES}"`)) ?? [];
            await run(`${grantSql} TO pusher`);
            assert.equal((await store.take({ id: "1", push: set(1, "a") })).result, "accepted");
            await run("DROP OWNED BY pusher");
        });
    });
});

/** Holds the lock of the table as another agent would that stands still in the middle. */
async function holdLock(url: string) {
    const { Client } = await import("pg");
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.query(`BEGIN; SELECT pg_advisory_xact_lock(2064384911,
        ('"${USUAL_PUSHES}"'::regclass::oid::bigint % 2147483647)::integer)`);
    const release = () => client.end();
    return { release, [Symbol.asyncDispose]: async () => void (await release().catch(() => {})) };
}
