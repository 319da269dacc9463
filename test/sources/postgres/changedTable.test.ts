import { strict as assert } from "node:assert";

import { Client } from "pg";

import type { Grant } from "../../../src/core/grants/grants";
import { followTable } from "../../../src/sources/postgres/changedTable";
import { schemaSql } from "../../../src/sources/postgres/schema";
import type { GrantSource } from "../../../src/sources/source";
import { promised } from "../../support/fakeClock";
import { A, B, C, grant } from "../../support/grants";
import { eachOnItsTable, open, replaceSql } from "./bench";

const { signal } = new AbortController();

/** The triggers of `zonekeeper schema`, for a table that is there already. */
const replaceTriggers = schemaSql("grants", "zonekeeper_grants").replace(/^BEGIN;|COMMIT;/gm, "");

/** Changes a row of which nobody is notified: who reads only changed rows does not see it. */
const SILENTLY = `SET session_replication_role = replica; UPDATE grants SET reason = 'unheard' WHERE id = 'z'`;

describe("changes of a table of PostgreSQL", () => {
    const { url, run } = eachOnItsTable();
    const opened: { [Symbol.asyncDispose](): Promise<void> }[] = [];
    afterEach(async () => {
        for (const each of opened.splice(0)) await each[Symbol.asyncDispose]();
    });

    /** A source that is watched and was read since; time passes only by `pass`. */
    async function watched(grants: readonly Grant[]) {
        let nowMs = 0;
        let hinted = promised<void>();
        const stop = new AbortController();
        await run(replaceSql(grants));
        const source: GrantSource = open(url(), { elapsedMs: () => nowMs });
        const ended = source.watch?.(() => hinted.resolve(), stop.signal);
        opened.push({
            async [Symbol.asyncDispose]() {
                stop.abort();
                await ended;
                await source.close?.();
            },
        });
        const heard = async () => {
            await hinted.promise;
            hinted = promised();
        };
        await heard();
        await source.read(signal);
        return {
            source,
            heard,
            pass(ms: number) {
                nowMs += ms;
            },
            /** What a read says after the next hint: each grant with its reason. */
            async sayAfter(sql: string): Promise<readonly string[]> {
                await run(sql);
                await heard();
                return said(await source.read(signal));
            },
        };
    }

    const said = ({ grants }: { readonly grants: readonly Grant[] }) =>
        grants.map(({ id, reason }) => (reason === undefined ? id : `${id} ${reason}`)).sort();
    const three = [grant(A, 60, { id: "a" }), grant(B, 60, { id: "b" }), grant(C, 60, { id: "z" })];
    const insert = (id: string) => `INSERT INTO grants (id, ip, permanent) VALUES ('${id}', '{1.1.1.1}', true)`;

    const changes: readonly (readonly [what: string, sql: string, now: readonly string[]])[] = [
        ["an insert", insert("n"), ["a", "b", "n", "z"]],
        ["an update", "UPDATE grants SET reason = 'x' WHERE id = 'a'", ["a x", "b", "z"]],
        ["a delete", "DELETE FROM grants WHERE id = 'a'", ["b", "z"]],
        ["another id", "UPDATE grants SET id = 'c' WHERE id = 'a'", ["b", "c", "z"]],
        ["an id with signs of SQL", insert("x'') OR (E''\\"), ["a", "b", "x') OR (E'\\", "z"]],
        ["a transaction", `BEGIN; DELETE FROM grants WHERE id = 'b'; ${insert("n")}; COMMIT`, ["a", "n", "z"]],
        ["an insert that is taken back", `${insert("n")}; DELETE FROM grants WHERE id = 'n'`, ["a", "b", "z"]],
    ];
    for (const [what, sql, now] of changes) {
        it(`reads only the rows of ${what}`, async () => {
            const { sayAfter } = await watched(three);
            assert.deepEqual(await sayAfter(`${SILENTLY}; SET session_replication_role = origin; ${sql}`), now);
        });
    }

    it("keeps every other grant as the same object", async () => {
        const { source, sayAfter } = await watched(three);
        const before = (await source.read(signal)).grants;
        await sayAfter(insert("n"));
        const now = (await source.read(signal)).grants;
        for (const each of before) assert.ok(now.includes(each), each.id);
    });

    const doubts: readonly (readonly [what: string, sql: string, now: readonly string[]])[] = [
        ["no row is named", "NOTIFY zonekeeper_grants", ["a", "b", "z unheard"]],
        [
            "the rows are of another table",
            `NOTIFY zonekeeper_grants, '{"relation":"1","ids":["a"]}'`,
            ["a", "b", "z unheard"],
        ],
        ["the payload is something else", `NOTIFY zonekeeper_grants, '{"ids":"a"}'`, ["a", "b", "z unheard"]],
        ["the table is truncated", "TRUNCATE grants", []],
        [
            "many rows change",
            "UPDATE grants SET reason = reason; INSERT INTO grants SELECT 'n' || n, NULL, '{1.1.1.1}', NULL, NULL, true FROM generate_series(1, 101) AS n; DELETE FROM grants WHERE id LIKE 'n%'",
            ["a", "b", "z unheard"],
        ],
        [
            "ids are long",
            `ALTER TABLE grants DROP CONSTRAINT grants_id_check;
                INSERT INTO grants SELECT repeat('n', 190) || n, NULL, '{1.1.1.1}', NULL, NULL, true FROM generate_series(1, 50) AS n;
                DELETE FROM grants WHERE id LIKE 'n%'`,
            ["a", "b", "z unheard"],
        ],
        [
            "a row cannot be used",
            `${insert("n")}; UPDATE grants SET ip = '{::1}' WHERE id = 'n'`,
            ["a", "b", "z unheard"],
        ],
        [
            "another table has the name",
            `ALTER TABLE grants RENAME TO away; CREATE TABLE grants (LIKE away); INSERT INTO grants SELECT * FROM away;
                UPDATE away SET reason = 'y' WHERE id = 'a'`,
            ["a", "b", "z unheard"],
        ],
        [
            "the columns are no longer there",
            `ALTER TABLE grants RENAME TO away; CREATE VIEW grants AS SELECT * FROM away;
                UPDATE away SET reason = 'y' WHERE id = 'a'`,
            ["a y", "b", "z unheard"],
        ],
        [
            "a trigger is off",
            "ALTER TABLE grants DISABLE TRIGGER zonekeeper_grants_inserted; DELETE FROM grants WHERE id = 'a'",
            ["b", "z unheard"],
        ],
        [
            "a trigger was off for a moment",
            `ALTER TABLE grants DISABLE TRIGGER zonekeeper_grants_inserted; ${insert("n")};
                ALTER TABLE grants ENABLE TRIGGER zonekeeper_grants_inserted; DELETE FROM grants WHERE id = 'a'`,
            ["b", "n", "z unheard"],
        ],
        [
            "the triggers' function was another one for a moment",
            `BEGIN; ALTER FUNCTION zonekeeper_grants_notify SET work_mem = '1MB'; DELETE FROM grants WHERE id = 'a'; COMMIT`,
            ["b", "z unheard"],
        ],
        [
            "another table inherits from it",
            "CREATE TABLE child () INHERITS (grants); DELETE FROM grants WHERE id = 'a'",
            ["b", "z unheard"],
        ],
    ];
    for (const [what, sql, now] of doubts) {
        it(`reads the whole table when ${what}`, async () => {
            const { sayAfter } = await watched(three);
            assert.deepEqual(await sayAfter(`${SILENTLY}; SET session_replication_role = origin; ${sql}`), now);
        });
    }

    it("takes no row of a table that could not be read as a whole", async () => {
        const { source, heard } = await watched(three);
        await run("CREATE SCHEMA backup; CREATE TABLE backup.grants AS TABLE grants; NOTIFY zonekeeper_grants");
        await heard();
        await assert.rejects(source.read(signal), /several tables or views have this name/);
        await run("DELETE FROM grants WHERE id = 'a'");
        await heard();
        await assert.rejects(source.read(signal), /several tables or views have this name/);
    });

    it("reads a partitioned table as a whole, each time", async () => {
        await run(`ALTER TABLE grants RENAME TO part; CREATE TABLE grants (LIKE part INCLUDING ALL) PARTITION BY LIST (id);
            ALTER TABLE grants ATTACH PARTITION part DEFAULT; ${replaceTriggers}`);
        const { sayAfter } = await watched(three);
        const sql = `SET session_replication_role = origin; BEGIN; ${insert("n").replace("grants", "part")}; DELETE FROM grants WHERE id = 'a'; COMMIT`;
        assert.deepEqual(await sayAfter(`${SILENTLY}; ${sql}`), ["b", "n", "z unheard"]);
    });

    it("reads the whole table without a hint, and half a minute after the last time", async () => {
        const { source, sayAfter, pass } = await watched(three);
        await run(SILENTLY);
        assert.deepEqual(said(await source.read(signal)), ["a", "b", "z unheard"]);
        await run(SILENTLY.replace("unheard", "again"));
        pass(29_999);
        assert.deepEqual(await sayAfter(insert("m")), ["a", "b", "m", "z unheard"]);
        pass(1);
        assert.deepEqual(await sayAfter(insert("n")), ["a", "b", "m", "n", "z again"]);
    });

    it("reads the whole table after the listening session was cut", async () => {
        const { source, heard } = await watched(three);
        await run(SILENTLY);
        await run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query NOT LIKE '%terminate%' AND query ~ 'LISTEN' AND datname = current_database()",
        );
        await heard();
        assert.deepEqual(said(await source.read(signal)), ["a", "b", "z unheard"]);
    });

    it("reads the whole table where the triggers are those of an earlier version", async () => {
        await run(`CREATE OR REPLACE FUNCTION zonekeeper_grants_notify() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN PERFORM pg_notify('zonekeeper_grants', ''); RETURN NULL; END $$`);
        const { sayAfter } = await watched(three);
        const sql = `${SILENTLY}; SET session_replication_role = origin; ${insert("n")}`;
        assert.deepEqual(await sayAfter(sql), ["a", "b", "n", "z unheard"]);
    });

    it("never sees a part of a transaction", async () => {
        const { source, heard } = await watched([grant(A, 60, { id: "g0" }), grant(C, 60, { id: "z" })]);
        const writer = new Client({ connectionString: url() });
        await writer.connect();
        let isOver = false;
        const writing = (async () => {
            for (let turn = 0; turn < 400; turn++) {
                await writer.query(
                    `BEGIN; UPDATE grants SET reason = '${turn}' WHERE id = 'z'; DELETE FROM grants WHERE id = 'g${turn}';
                    INSERT INTO grants (id, ip, permanent) VALUES ('g${turn + 1}', '{198.51.100.1}', true); COMMIT`,
                );
            }
            await writer.end();
            isOver = true;
        })();
        const holders: number[] = [];
        while (!isOver) {
            await Promise.race([heard(), writing]);
            const { grants } = await source.read(signal);
            holders.push(grants.filter(({ id }) => id.startsWith("g")).length);
        }
        await writing;
        assert.deepEqual(new Set(holders), new Set([1]));
    });
});

describe("what a table of PostgreSQL announces", () => {
    const { url, run } = eachOnItsTable();
    const rows: readonly (readonly [what: string, sql: string, announced: string | undefined])[] = [
        ["its rows, by the triggers of schema", "SELECT 1", "rows"],
        ["changes, without one of them", "DROP TRIGGER zonekeeper_grants_deleted ON grants", "changes"],
        ["changes, with one that is off", "ALTER TABLE grants DISABLE TRIGGER zonekeeper_grants_updated", "changes"],
        [
            "changes, by a trigger of its own",
            `DROP FUNCTION zonekeeper_grants_notify CASCADE;
                CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NOTIFY zonekeeper_grants; RETURN NULL; END $$;
                CREATE TRIGGER own AFTER INSERT OR UPDATE OR DELETE ON grants EXECUTE FUNCTION tell()`,
            "changes",
        ],
        ["nothing, without a trigger", "DROP FUNCTION zonekeeper_grants_notify CASCADE", "nothing"],
        [
            "nothing that is known, as a view",
            "ALTER TABLE grants RENAME TO t; CREATE VIEW grants AS TABLE t",
            undefined,
        ],
    ];
    for (const [what, sql, announced] of rows) {
        it(what, async () => {
            await run(sql);
            const source = open(url());
            assert.equal(await source.announcement?.(signal), announced);
            await source.close?.();
        });
    }

    it("is unreadable where the table is not there", async () => {
        await run("DROP TABLE grants");
        const source = open(url());
        await assert.rejects(async () => source.announcement?.(signal), { code: "source-unreadable" });
        await source.close?.();
    });
});

describe("followTable", () => {
    const payload = (...ids: readonly string[]) => JSON.stringify({ relation: "7", ids });
    const table = {
        reading: { grants: [grant(A, 60, { id: "a" })], unusable: [] },
        rowTriggers: { relation: "7", triggers: "8" },
    };

    /** A session of a server; what else is committed before the mark of each query. */
    async function following(committed: readonly (readonly string[])[], pid = 5, triggers: readonly object[] = []) {
        const asked: string[] = [];
        const followed = followTable({
            table: { sql: '"grants"', channel: "c" },
            limits: { widestPrefix: 24 },
            wholeEveryMs: 1000,
        });
        await followed.begins({
            processID: 5,
            async query(sql: string) {
                const [, channel = "", mark = ""] = /NOTIFY "([^"]+)", '(\d+)'/.exec(sql) ?? [];
                if (channel === "") return [];
                const [, ids = ""] = /id IN \((.*)\) ORDER/.exec(sql) ?? [];
                for (const each of committed[asked.length] ?? []) followed.heard({ channel: "c", payload: each });
                asked.push(ids.replace(/E'(.*?)'/g, "$1"));
                followed.heard({ channel, payload: mark });
                return [
                    { rows: [{ pid }] },
                    { rows: [] },
                    { rows: [triggers[asked.length - 1] ?? { relation: "7", triggers: "8" }] },
                ];
            },
            on: () => {},
            ref() {},
            unref() {},
            async end() {},
        });
        followed.begin();
        followed.read(table, 0);
        followed.heard({ channel: "c", payload: payload("x") });
        return { followed, asked };
    }

    it("reads again with the rows that were changed before the mark", async () => {
        const { followed, asked } = await following([[payload("y")], [payload("x")]]);
        assert.deepEqual(await followed.changed(0, signal), table.reading);
        assert.deepEqual(asked, ["x", "x, y"]);
    });

    it("reads the whole table when rows keep changing", async () => {
        const { followed, asked } = await following([[payload("1")], [payload("2")], [payload("3")]]);
        assert.equal(await followed.changed(0, signal), undefined);
        assert.equal(asked.length, 3);
    });

    it("reads the whole table when another session answers, as behind a pooler", async () => {
        const { followed } = await following([], 6);
        assert.equal(await followed.changed(0, signal), undefined);
    });

    for (const [what, triggers] of [
        ["are others", { relation: "7", triggers: "9" }],
        ["are those of another table", { relation: "9", triggers: "8" }],
        ["are gone", {}],
    ] as const) {
        it(`reads the whole table when the triggers ${what} meanwhile`, async () => {
            const { followed } = await following([], 5, [triggers]);
            assert.equal(await followed.changed(0, signal), undefined);
        });
    }

    it("reads the whole table again after it could not be read, whatever is heard then", async () => {
        const { followed, asked } = await following([]);
        followed.begin();
        followed.failed();
        followed.heard({ channel: "c", payload: payload("x") });
        assert.deepEqual([await followed.changed(0, signal), asked], [undefined, []]);
    });

    it("reads the whole table when it is told meanwhile that anything may have changed", async () => {
        const { followed } = await following([[""]]);
        assert.equal(await followed.changed(0, signal), undefined);
    });
});
