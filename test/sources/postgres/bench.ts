import { inspect } from "node:util";

import type { Grant } from "../../../src/core/grants/grants";
import { type PostgresSourceOptions, postgresSource } from "../../../src/sources/postgres/postgres";
import { schemaSql, USUAL_CHANNEL } from "../../../src/sources/postgres/schema";
import { documentOf } from "../../support/grantsDocument";
import { PASSWORD, type Postgres, startPostgres } from "../../support/postgres";
import { sleepForEver } from "../sleepers";

/** A server for the tests of a `describe`, and for each of them a database with an empty table `grants`. */
export function eachOnItsTable() {
    let postgres: Postgres;
    let url = "";
    before(async () => {
        postgres = await startPostgres();
    });
    after(() => postgres[Symbol.asyncDispose]());
    beforeEach(async () => {
        url = await newTable(postgres);
    });
    return {
        server: () => postgres,
        url: () => url,
        run: (sql: string) => postgres.query(url, sql),
    };
}

/** A source of a table `grants`; it retries at once, and its heart never beats. */
export function open(url: string, more: Partial<PostgresSourceOptions> = {}) {
    return postgresSource({
        setting: "env:DATABASE_URL",
        url: () => url,
        table: "grants",
        sql: '"grants"',
        channel: USUAL_CHANNEL,
        limits: { widestPrefix: 24 },
        sleep: sleepForEver(30_000),
        random: () => 0,
        ...more,
    });
}

/** The SQL that makes a table hold just these grants, in one transaction. */
export function replaceSql(grants: readonly Grant[]): string {
    const rows = JSON.stringify(documentOf(grants).grants).replaceAll("'", "''");
    return `BEGIN; DELETE FROM grants; INSERT INTO grants
        SELECT id, "user", ip, "startsAt", "expiresAt", coalesce(permanent, false), reason, coalesce(labels, '{}')
        FROM json_to_recordset('${rows}') AS entry(id text, "user" text, ip text[], "startsAt" timestamptz,
            "expiresAt" timestamptz, permanent boolean, reason text, labels jsonb); COMMIT`;
}

/** A new database with the table; the column of addresses is wide enough for every grant of a test. */
export async function newTable(postgres: Postgres): Promise<string> {
    const url = await postgres.createDatabase();
    await postgres.query(url, schemaSql('"grants"', USUAL_CHANNEL));
    await postgres.query(
        url,
        `ALTER TABLE grants DROP CONSTRAINT grants_ip_check, ALTER COLUMN ip TYPE text[] USING ARRAY[ip::text]`,
    );
    return url;
}

/** The message of a read that fails, as it must, with no password in it. */
export async function problemOf(source: ReturnType<typeof open>): Promise<string> {
    const signal = new AbortController().signal;
    const error = (await source.read(signal).catch((cause: unknown) => cause)) as Error & { code?: string };
    if (error.code !== "source-unreadable") throw error;
    const told = inspect(error, { depth: 9 });
    if (told.includes(PASSWORD)) throw new Error(`the password is in ${told}`);
    return error.message;
}
