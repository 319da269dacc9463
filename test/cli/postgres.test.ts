import { strict as assert } from "node:assert";

import { Client } from "pg";

import { pushSchemaSql } from "../../src/sources/webhook/pushSchema";
import { type Postgres, startPostgres } from "../support/postgres";
import { call, openScene, TOKEN } from "./scene";

/** Resolves `once` at the first notification. */
async function listening(url: string, channel: string) {
    const client = new Client({ connectionString: url });
    await client.connect();
    const once = new Promise<void>((resolve) => client.once("notification", () => resolve()));
    await client.query(`LISTEN ${channel}`);
    return { once, [Symbol.asyncDispose]: () => client.end() };
}

describe("grants in PostgreSQL", () => {
    let postgres: Postgres;
    let url: string;
    before(async () => {
        postgres = await startPostgres();
    });
    after(() => postgres[Symbol.asyncDispose]());
    beforeEach(async () => {
        url = await postgres.createDatabase();
    });

    const source = (more: object = {}) => JSON.stringify({ type: "postgres", url: "env:DATABASE_URL", ...more });
    const env = () => ({ OKTA_API_TOKEN: TOKEN, DATABASE_URL: url });

    it("are brought into a zone by sync, from the table that schema makes", async () => {
        const { status, out } = await call(["schema"]);
        assert.equal(status, 0);
        await postgres.query(url, out);
        await postgres.query(url, out);
        await postgres.query(
            url,
            "INSERT INTO grants (id, user_name, ip, permanent) VALUES ('g1', 'ana', '198.51.100.1', true)",
        );
        await using scene = await openScene({ nzo1: ["192.0.2.0/32"] }, "grants: []");
        const { status: synced, err } = await scene.sync(["--source", source()], env());
        assert.deepEqual([synced, err], [0, []]);
        assert.deepEqual(scene.states("nzo1").at(-1), ["198.51.100.1/32"]);
    });

    it("may be in a table of another schema and name, whose trigger has a channel of its own", async () => {
        const { out } = await call(["schema", "--table", 'Access."My Grants"', "--channel", "access_grants"]);
        await postgres.query(url, "CREATE SCHEMA access");
        await postgres.query(url, out);
        await postgres.query(
            url,
            `INSERT INTO access."My Grants" (id, ip, permanent) VALUES ('g1', '11.0.0.0/24', true)`,
        );
        const [{ tgname } = {}] = await postgres.query(url, "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal");
        assert.equal(tgname, "access_grants_changed");
        await using scene = await openScene({ nzo1: ["192.0.2.0/32"] }, "grants: []");
        const flags = ["--source", source({ table: 'access."My Grants"' })];
        assert.equal((await scene.sync(flags, env())).status, 0);
        assert.deepEqual(scene.states("nzo1").at(-1), ["11.0.0.0/24"]);
    });

    it("may be in a schema whose owner may create nothing elsewhere", async () => {
        const { password, pathname } = new URL(url);
        const owner = `owner_of_${pathname.slice(1)}`;
        await postgres.query(
            url,
            `CREATE ROLE ${owner} LOGIN PASSWORD '${password}'; CREATE SCHEMA access AUTHORIZATION ${owner};
            REVOKE CREATE ON SCHEMA public FROM PUBLIC`,
        );
        const ownUrl = Object.assign(new URL(url), { username: owner }).href;
        for (const flags of [[], ["--webhook"]]) {
            const table = flags.length === 0 ? "access.grants" : 'ACCESS."my.pushes"';
            const { out } = await call(["schema", "--table", table, ...flags]);
            await postgres.query(ownUrl, out);
            await postgres.query(ownUrl, out);
        }
        const made = await postgres.query(
            url,
            `SELECT DISTINCT nspname FROM pg_namespace AS n JOIN pg_roles AS r ON r.rolname = '${owner}'
            WHERE n.oid IN (SELECT relnamespace FROM pg_class WHERE relowner = r.oid
                UNION SELECT pronamespace FROM pg_proc WHERE proowner = r.oid) AND nspname <> 'pg_toast'`,
        );
        assert.deepEqual(made, [{ nspname: "access" }]);
        await using told = await listening(url, "zonekeeper_grants");
        await postgres.query(
            ownUrl,
            "INSERT INTO access.grants (id, ip, permanent) VALUES ('g1', '198.51.100.1', true)",
        );
        await told.once;
    });

    it("are shared by agents in the tables that schema makes for the webhook", async () => {
        for (const table of ["zonekeeper_pushes", 'Access."My ""pushes"', "access.pushes"]) {
            const { status, out } = await call(["schema", "--webhook", "--table", table]);
            assert.equal(status, 0);
            await postgres.query(url, "CREATE SCHEMA IF NOT EXISTS access");
            await postgres.query(url, out);
            await postgres.query(url, out);
        }
        const tables = await postgres.query(
            url,
            "SELECT relname FROM pg_class WHERE relname LIKE '%pushes%' AND relkind = 'r' ORDER BY relname COLLATE \"C\"",
        );
        assert.deepEqual(
            tables.map(({ relname }) => relname),
            [
                'My "pushes',
                'My "pushes_deliveries',
                "pushes",
                "pushes_deliveries",
                "zonekeeper_pushes",
                "zonekeeper_pushes_deliveries",
            ],
        );
        assert.equal((await call(["schema", "--webhook"])).out, pushSchemaSql('"zonekeeper_pushes"').trimEnd());
    });

    for (const [what, row] of [
        ["no end, and is not permanent", "('g', '1.1.1.1', NULL, NULL, false)"],
        ["an end, and is permanent", "('g', '1.1.1.1', NULL, now(), true)"],
        ["an end before its start", "('g', '1.1.1.1', now(), now() - interval '1 h', false)"],
        ["an IPv6 address", "('g', '2001:db8::1', NULL, NULL, true)"],
        ["a CIDR with host bits", "('g', '10.0.0.1/24', NULL, NULL, true)"],
        ["an empty id", "('', '1.1.1.1', NULL, NULL, true)"],
    ] as const) {
        it(`cannot be written with ${what}`, async () => {
            await postgres.query(url, (await call(["schema"])).out);
            const insert = `INSERT INTO grants (id, ip, starts_at, expires_at, permanent) VALUES ${row}`;
            await assert.rejects(postgres.query(url, insert), { code: /^(23514|22P02)$/ });
        });
    }

    it("are not taken for none when there is no table: the zone stays as it is", async () => {
        await using scene = await openScene({ nzo1: ["198.51.100.9/32"] }, "grants: []");
        const { status, err } = await scene.sync(["--source", source()], env());
        assert.deepEqual(
            [status, err],
            [
                1,
                [
                    "zonekeeper: cannot read grants from table grants of env:DATABASE_URL: " +
                        'relation "grants" does not exist; `zonekeeper schema` prints the SQL that makes the table [ZK401]',
                ],
            ],
        );
        assert.equal(scene.states("nzo1").length, 1);
    });

    for (const [args, says] of [
        [
            ["schema", "--webhook", "--table", "a;b"],
            "the table of the source's store is not the name of a table, such as zonekeeper_pushes or app.zonekeeper_pushes",
        ],
        [["schema", "--webhook", "--channel", "x"], "--channel is for a table of grants, and not for --webhook"],
        [["schema", "--table", "a;b"], "the source's table is not the name of a table, such as grants or app.grants"],
        [
            ["schema", "--channel", "a'b"],
            "the source's channel is not a name of small letters, such as zonekeeper_grants",
        ],
        [
            ["sync", "--zone", "nzo1", "--source", '{"type":"postgres","url":"env:NO_SUCH_URL"}'],
            "the environment variable NO_SUCH_URL is not set; env:NO_SUCH_URL reads a secret from it",
        ],
        [
            ["sync", "--zone", "nzo1", "--source", '{"type":"postgres","url":"env:OKTA_API_TOKEN"}'],
            "env:OKTA_API_TOKEN holds no URL such as postgres://user:password@host/database",
        ],
    ] as const) {
        it(`are refused with ${args.join(" ")}`, async () => {
            const okta = { OKTA_API_TOKEN: TOKEN, OKTA_ORG_NAME: "http://127.0.0.1:1" };
            const { status, err } = await call(
                [...args, ...(args[0] === "sync" ? ["--okta", "http://127.0.0.1:1"] : [])],
                {
                    env: okta,
                },
            );
            assert.deepEqual([status, err], [2, [`zonekeeper: ${says} [ZK002]`]]);
        });
    }
});
