import { strict as assert } from "node:assert";

import type { GrantSource } from "../../../src/sources/source";
import { A, grant } from "../../support/grants";
import { testSource, testWatch } from "../contract";
import { eachOnItsTable, open, problemOf, replaceSql } from "./bench";

const { signal } = new AbortController();

describe("postgresSource", () => {
    const { server, url, run } = eachOnItsTable();
    afterEach(() => Promise.all(opened.splice(0).map((source) => source.close?.())));

    const opened: GrantSource[] = [];
    const openIt: typeof open = (...options) => {
        const source = open(...options);
        opened.push(source);
        return source;
    };
    const read = () => openIt(url()).read(signal);

    const kind: Parameters<typeof testSource>[0] = {
        isOrderedById: true,
        async open(grants) {
            await run(replaceSql(grants));
            return openIt(url());
        },
        async replace(grants) {
            await run("ALTER TABLE IF EXISTS away RENAME TO grants");
            await run(replaceSql(grants));
        },
        async spoil() {
            await run("ALTER TABLE grants RENAME TO away");
        },
    };
    testSource(kind);
    describe("that is watched", () => testWatch(kind));

    describe("the columns", () => {
        const future = "timestamptz '2026-12-01 18:00:00+00'";
        const rows: [what: string, type: string, value: string, ip: string][] = [
            ["an address as cidr", "cidr", "'203.0.113.7'", "203.0.113.7/32"],
            ["a range as cidr", "cidr", "'203.0.113.0/24'", "203.0.113.0/24"],
            ["an address as inet", "inet", "'203.0.113.7'", "203.0.113.7/32"],
            ["an address as text", "text", "'203.0.113.7'", "203.0.113.7/32"],
        ];
        const make = (ip: string, value: string) =>
            run(`DROP TABLE grants; CREATE TABLE grants AS SELECT 'g1' AS id, NULL AS user_name, ${value}::${ip} AS ip,
                NULL::timestamptz AS starts_at, ${future} AS expires_at, false AS permanent, NULL AS reason,
                NULL::jsonb AS labels`);
        for (const [what, type, value, ip] of rows) {
            it(`take ${what}`, async () => {
                await make(type, value);
                const { grants, unusable } = await read();
                assert.deepEqual(unusable, []);
                assert.deepEqual(grants, [{ ...grant(ip), id: "g1", expiresAtMs: Date.parse("2026-12-01T18:00:00Z") }]);
            });
        }

        it("may be those of a view", async () => {
            await run(`CREATE VIEW seen AS SELECT 7 AS id, 'ana' AS user_name, inet '198.51.100.1' AS ip,
                NULL::timestamptz AS starts_at, NULL::timestamptz AS expires_at, true AS permanent, NULL AS reason,
                '{"app": "payroll"}'::jsonb AS labels`);
            const { grants } = await openIt(url(), { table: "seen", sql: '"public"."seen"' }).read(signal);
            const { expiresAtMs: _, ...permanent } = grant(A, 0, { id: "7", user: "ana", labels: { app: "payroll" } });
            assert.deepEqual(grants, [permanent]);
        });

        it("may be numbers, and are what is in them", async () => {
            await run(`CREATE VIEW numbered AS SELECT id, id AS user_name, inet '198.51.100.1' AS ip,
                NULL::timestamptz AS starts_at, NULL::timestamptz AS expires_at, true AS permanent, id AS reason,
                json_build_object('ticket', id)::jsonb AS labels
                FROM (VALUES (1234567890123456788::bigint::numeric), (1234567890123456789), (7.00)) AS ids(id)`);
            const { grants } = await openIt(url(), { table: "numbered", sql: '"public"."numbered"' }).read(signal);
            assert.deepEqual(
                grants.map(({ id, user, reason, labels }) => [id, user, reason, labels.ticket]),
                ["7.00", "1234567890123456788", "1234567890123456789"].map((text) => [text, text, text, text]),
            );
        });

        it("mean the same moment whatever the time zone of the session is", async () => {
            await run(replaceSql([grant(A)]));
            await run(`DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET timezone = %L', current_database(), 'Asia/Kolkata');
                EXECUTE format('ALTER DATABASE %I SET datestyle = %L', current_database(), 'German'); END $$`);
            assert.deepEqual((await read()).grants, [grant(A)]);
        });
    });

    it("leaves out and names the rows that cannot be used", async () => {
        await run("ALTER TABLE grants DROP CONSTRAINT grants_check, ALTER COLUMN labels DROP NOT NULL");
        await run(replaceSql([grant(A, 60, { id: "good" })]));
        await run(`INSERT INTO grants (id, ip, expires_at, reason) VALUES
            ('a', '{2001:db8::1}', '2026-12-01 18:00Z', NULL), ('b', '{198.51.100.1}', NULL, NULL),
            ('c', '{198.51.100.1}', 'infinity', NULL)`);
        await run("ALTER TABLE grants DROP CONSTRAINT grants_reason_check");
        await run(
            "INSERT INTO grants (id, ip, expires_at, reason) VALUES ('d', '{1.1.1.1}', now(), repeat('x', 70000))",
        );
        const { grants, unusable } = await read();
        assert.deepEqual(grants, [grant(A, 60, { id: "good" })]);
        assert.deepEqual(
            unusable.map(({ id, field }) => `${id} ${field}`),
            ["d row", "a ip", "b expiresAt", "c expiresAt"],
        );
    });

    describe("what it does not take for an empty table", () => {
        const from = "cannot read grants from table grants of env:DATABASE_URL: ";
        const change: [what: string, sql: string, problem: string][] = [
            [
                "a table that is not there",
                "DROP TABLE grants",
                'relation "grants" does not exist; `zonekeeper schema` prints the SQL that makes the table',
            ],
            [
                "a table of another shape",
                "ALTER TABLE grants DROP COLUMN labels",
                'column "labels" does not exist; a table of grants, or a view, has the columns id, user_name, ip, starts_at, expires_at, permanent, reason, labels',
            ],
        ];
        for (const [what, sql, problem] of change) {
            it(what, async () => {
                await run(sql);
                assert.equal(await problemOf(openIt(url())), `${from}${problem}`);
            });
        }

        it("a million rows, of which it fetches no more than it may read", async () => {
            await run(`CREATE VIEW many AS SELECT n AS id, NULL AS user_name, inet '198.51.100.1' AS ip,
                NULL::timestamptz AS starts_at, NULL::timestamptz AS expires_at, true AS permanent, NULL AS reason,
                NULL::jsonb AS labels FROM generate_series(1, 1000000) AS n`);
            assert.match(
                await problemOf(openIt(url(), { table: "many", sql: '"many"' })),
                /: the table has more than 200000 rows$/,
            );
        });

        const wrong: [what: string, change: (url: URL) => void, problem: RegExp][] = [
            [
                "a password that is wrong",
                (at) => {
                    at.password = "s3cr3t";
                },
                /: password authentication failed for user "postgres"; check the user and the password in the URL$/,
            ],
            [
                "a database that is not there",
                (at) => {
                    at.pathname = "/other";
                },
                /: database "other" does not exist$/,
            ],
            [
                "a server that is not there",
                (at) => {
                    at.port = "1";
                },
                /: 127\.0\.0\.1:1 refused the connection; check the address, and that the server runs$/,
            ],
            [
                "a server without TLS where that is asked for",
                (at) => at.searchParams.set("sslmode", "require"),
                /: the server does not offer TLS: if it should be asked without, say sslmode=disable in the URL$/,
            ],
            [
                "a server elsewhere without TLS",
                (at) => {
                    at.hostname = "127.1";
                },
                /: the server does not offer TLS: if it should be asked without, say sslmode=disable in the URL$/,
            ],
            [
                "a user who may not read",
                (at) => {
                    at.username = "reader";
                },
                /: permission denied for table grants; grant SELECT on it to this user$/,
            ],
        ];
        for (const [what, change, problem] of wrong) {
            it(what, async () => {
                await run(`DROP ROLE IF EXISTS reader; CREATE ROLE reader LOGIN PASSWORD '${new URL(url()).password}'`);
                const at = new URL(url());
                change(at);
                assert.match(await problemOf(openIt(at.href)), problem);
            });
        }

        it("a server that does not answer in time", async () => {
            await run("CREATE FUNCTION slow() RETURNS text LANGUAGE sql AS $$ SELECT pg_sleep(60)::text $$");
            await run(`CREATE VIEW late AS SELECT slow() AS id, NULL AS user_name, NULL AS ip, NULL AS starts_at,
                NULL AS expires_at, true AS permanent, NULL AS reason, NULL AS labels`);
            const source = openIt(url(), { table: "late", sql: '"late"', timeoutMs: 200 });
            assert.equal(
                await problemOf(source),
                "cannot read grants from table late of env:DATABASE_URL: no whole answer within 0.2 s; see what keeps the database busy",
            );
        });
    });

    it("reads over one connection, and over a new one after it was cut", async () => {
        const source = openIt(url());
        const pid = async () => {
            await source.read(signal);
            const [row] = await server().query(
                url(),
                "SELECT pid FROM pg_stat_activity WHERE application_name = 'zonekeeper' AND datname = current_database()",
            );
            return row?.pid;
        };
        const first = await pid();
        assert.equal(typeof first, "number");
        assert.equal(await pid(), first);
        await run(`SELECT pg_terminate_backend(${first})`);
        assert.notEqual(await pid(), first);
    });

    it("gathers nothing on that connection, however often it reads", async () => {
        const warnings: string[] = [];
        const warn = ({ message }: Error) => warnings.push(message);
        process.on("warning", warn);
        const source = openIt(url());
        for (let read = 0; read < 12; read++) await source.read(signal);
        await new Promise((resolve) => setImmediate(resolve));
        process.off("warning", warn);
        assert.deepEqual(warnings, []);
    });

    it("asks once more over a new connection when the kept one is cut while it reads", async () => {
        const view = (rows: string) => `CREATE OR REPLACE VIEW cut AS SELECT * FROM grants WHERE ${rows}`;
        await run(replaceSql([grant(A)]));
        await run(view("true"));
        const source = openIt(url(), { table: "cut", sql: '"cut"' });
        await source.read(signal);
        const [row] = await run(
            "SELECT pid FROM pg_stat_activity WHERE application_name = 'zonekeeper' AND datname = current_database()",
        );
        await run(view(`pg_backend_pid() <> ${row?.pid} OR pg_terminate_backend(pg_backend_pid())`));
        assert.deepEqual((await source.read(signal)).grants, [grant(A)]);
    });

    it("leaves no connection behind when it is closed", async () => {
        const source = openIt(url());
        await source.read(signal);
        await source.close?.();
        // PostgreSQL drops no database that somebody is connected to, and waits five seconds for one who leaves.
        const { pathname } = new URL(url());
        await server().query(url().replace(pathname, "/postgres"), `DROP DATABASE ${pathname.slice(1)}`);
    });
});
