import { strict as assert } from "node:assert";

import { pushSchemaSql, USUAL_PUSHES } from "../../../src/sources/webhook/pushSchema";
import { pushTable } from "../../../src/sources/webhook/pushTable";
import { A, grant } from "../../support/grants";
import { nap } from "../sleepers";
import { eachOnItsTable, open, problemOf, replaceSql } from "./bench";

const { signal } = new AbortController();

/** Two users who bypass nothing. Roles belong to the server, so they are made once for all tests. */
const ROLES = ["reader", "owner"] as const;

const FROM = "cannot read grants from table grants of env:DATABASE_URL: ";

const REMEDY =
    "hidden rows would count as withdrawn, so nothing is read: give this user BYPASSRLS, or read a view of a user who sees all rows, or disable row level security on the table";

const HIDDEN = `query would be affected by row-level security policy for table "grants"; ${REMEDY}`;

describe("a table whose rows PostgreSQL does not show", () => {
    const { url, run } = eachOnItsTable();
    const as = (role: string) => {
        const at = new URL(url());
        at.username = role;
        return at.href;
    };
    async function read(role: string, table = "grants", sql = `"${table}"`) {
        const source = open(as(role), { table: "grants", sql });
        try {
            const reading = await source.read(signal).catch(() => undefined);
            if (reading !== undefined) return reading.grants.map(({ id }) => id).join(" ");
            return (await problemOf(source)).replace(FROM, "");
        } finally {
            await source.close?.();
        }
    }
    beforeEach(async () => {
        for (const role of ROLES) {
            await run(`DO $$ BEGIN CREATE ROLE ${role}; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
                ALTER ROLE ${role} LOGIN NOBYPASSRLS PASSWORD '${new URL(url()).password}'`);
        }
        await run(replaceSql([grant(A, 60, { id: "g1" })]));
        await run("ALTER TABLE grants OWNER TO owner; GRANT SELECT ON grants TO reader");
        await run("GRANT CREATE ON SCHEMA public TO owner");
    });

    const ENABLE = "ALTER TABLE grants ENABLE ROW LEVEL SECURITY";
    const FORCE = "ALTER TABLE grants FORCE ROW LEVEL SECURITY";
    const view = (owner: string, more = "") =>
        `CREATE VIEW seen ${more} AS SELECT * FROM grants; ALTER VIEW seen OWNER TO ${owner}; GRANT SELECT ON seen TO reader`;

    const cases: readonly (readonly [what: string, sql: string, role: string, table: string, says: string])[] = [
        ["shown where nothing hides it", "", "reader", "grants", "g1"],
        ["unreadable under row level security without a policy", ENABLE, "reader", "grants", HIDDEN],
        [
            "unreadable under a policy that shows some rows",
            `${ENABLE}; CREATE POLICY own ON grants USING (user_name = current_user)`,
            "reader",
            "grants",
            HIDDEN,
        ],
        [
            "unreadable under a policy that shows all rows, since nobody can know that",
            `${ENABLE}; CREATE POLICY everything ON grants USING (true)`,
            "reader",
            "grants",
            HIDDEN,
        ],
        ["shown to the owner, who is above it", ENABLE, "owner", "grants", "g1"],
        ["unreadable for the owner where it is forced", `${ENABLE}; ${FORCE}`, "owner", "grants", HIDDEN],
        ["shown where it is forced and not enabled", FORCE, "owner", "grants", "g1"],
        ["shown to a user with BYPASSRLS", `${ENABLE}; ALTER ROLE reader BYPASSRLS`, "reader", "grants", "g1"],
        ["shown through a view of the owner", `${ENABLE}; ${view("owner")}`, "reader", "seen", "g1"],
        [
            "unreadable through a view that reads as who asks",
            `${ENABLE}; ${view("owner", "WITH (security_invoker)")}`,
            "reader",
            "seen",
            HIDDEN,
        ],
        [
            "unreadable through a view of somebody from whom rows are hidden",
            `${ENABLE}; GRANT SELECT ON grants TO reader; GRANT CREATE ON SCHEMA public TO reader; ${view("reader")}`,
            "owner",
            "seen",
            HIDDEN,
        ],
        [
            "unreadable for a user who lost SELECT",
            "REVOKE SELECT ON grants FROM reader",
            "reader",
            "grants",
            "permission denied for table grants; grant SELECT on it to this user",
        ],
    ];
    for (const [what, sql, role, table, says] of cases) {
        it(`is ${what}`, async () => {
            await run(sql);
            if (table === "seen" && role === "owner") await run("GRANT SELECT ON seen TO owner");
            assert.equal(await read(role, table), says);
        });
    }

    it("says which right is missing on a schema", async () => {
        await run("CREATE SCHEMA access; ALTER TABLE grants SET SCHEMA access");
        assert.equal(
            await read("reader", "grants", '"access"."grants"'),
            "permission denied for schema access; grant USAGE on it to this user",
        );
    });

    it("is unreadable from the read after the one in which row level security came", async () => {
        const source = open(as("reader"));
        assert.equal((await source.read(signal)).grants.length, 1);
        await run(ENABLE);
        assert.equal(await problemOf(source), FROM + HIDDEN);
        await run("ALTER TABLE grants DISABLE ROW LEVEL SECURITY");
        assert.equal((await source.read(signal)).grants.length, 1);
        await source.close?.();
    });

    describe("beside another one of its name", () => {
        const AMBIGUOUS =
            "several tables or views have this name, public.grants and reader.grants among them, and the search path decides which of them is read; write the schema as well, such as table: public.grants";
        const empty = "CREATE SCHEMA reader; CREATE TABLE reader.grants (LIKE public.grants)";
        const mine = "GRANT USAGE ON SCHEMA reader TO reader; GRANT SELECT ON reader.grants TO reader";
        const ways: readonly (readonly [what: string, sql: string])[] = [
            ["in the schema of the user, which comes first", mine],
            ["in a schema that the user may not use, and which came first so far", ""],
            [
                "in a schema to which the search path was set",
                `${mine}; DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = reader', current_database()); END $$`,
            ],
            ["that is a view", `DROP TABLE reader.grants; CREATE VIEW reader.grants AS SELECT * FROM public.grants`],
        ];
        for (const [what, sql] of ways) {
            it(`is unreadable: ${what}`, async () => {
                await run(`${empty}; ${sql}`);
                assert.equal(await read("reader"), AMBIGUOUS);
            });
        }

        it("is read by its schema", async () => {
            await run(`${empty}; ${mine}`);
            assert.equal(await read("reader", "grants", '"public"."grants"'), "g1");
        });

        it("is read where the other one is of the system", async () => {
            await run("ALTER TABLE grants RENAME TO tables");
            assert.equal(await read("reader", "tables"), "g1");
        });
    });

    it("is unreadable as a table of what was pushed, and takes no delivery", async () => {
        const pushes = USUAL_PUSHES;
        await run(pushSchemaSql(`"${pushes}"`));
        const opening = (role: string) =>
            pushTable({
                setting: "env:DATABASE_URL",
                url: () => as(role),
                table: pushes,
                sql: `"${pushes}"`,
                limits: { widestPrefix: 24 },
                sleep: nap,
                random: () => 0,
            });
        const push = { type: "replaced" as const, atMs: 1, grants: [] };
        const seen = opening("postgres");
        assert.equal((await seen.take({ id: "1", push })).result, "accepted");
        await seen.close?.();
        const all = `SELECT, INSERT, UPDATE, DELETE ON ${pushes}, ${pushes}_deliveries`;
        for (const [table, sql, problem] of [
            [pushes, `ALTER TABLE ${pushes} ENABLE ROW LEVEL SECURITY`, "hidden"],
            [
                `${pushes}_deliveries`,
                `ALTER TABLE ${pushes} DISABLE ROW LEVEL SECURITY; ALTER TABLE ${pushes}_deliveries ENABLE ROW LEVEL SECURITY`,
                "hidden",
            ],
            [pushes, `CREATE SCHEMA other; CREATE TABLE other.${pushes} ()`, "namesake"],
        ] as const) {
            await run(`GRANT ${all} TO reader; ${sql}`);
            const says =
                problem === "hidden"
                    ? `query would be affected by row-level security policy for table "${table}"; ${REMEDY}`
                    : `several tables or views have this name, other.${pushes} and public.${pushes} among them, and the search path decides which of them is read; write the schema as well, such as table: other.${pushes}`;
            const store = opening("reader");
            // One table is asked for the other's rows first, so the namesake is found where nothing is hidden.
            if (problem === "namesake") await run(`ALTER TABLE ${pushes}_deliveries DISABLE ROW LEVEL SECURITY`);
            const refused = { code: "source-unreadable", message: says };
            await assert.rejects(store.read(signal), refused);
            await assert.rejects(store.take({ id: "2", push }), refused);
            await store.close?.();
        }
    });
});
