import { strict as assert } from "node:assert";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { postgresLeadership } from "../../../src/agent/leadership/postgres";
import { systemClock } from "../../../src/clock";
import { newAuthority } from "../../support/certificates";
import { promised } from "../../support/fakeClock";
import { type Identity, PASSWORD, type Postgres, startPostgres } from "../../support/postgres";
import { newTable, open, problemOf } from "./bench";

const NEVER = new AbortController().signal;

const root = newAuthority();
const issuing = root.below();

/** What a server of these tests shows: its certificate, and that of the authority between it and the root. */
function identity(lifetime?: readonly [number, number]): Identity {
    const { certificate, key } = issuing.issue(["localhost"], lifetime);
    return { certificate: certificate + issuing.certificate, key };
}

const UNTRUSTED =
    "the server's certificate is from an authority that is not trusted here: name the file of the right one with sslrootcert=FILE in the URL, or say sslmode=no-verify to take any";
const named = (host: string) =>
    `the server's certificate is not for ${host} but for DNS:localhost: have the URL name the host as the certificate does`;

/** 127.1 is an address of this machine as well, and not one of those that `secured` takes for it. */
const ROWS: readonly (readonly [what: string, host: string, query: string, comesTo: string])[] = [
    ["the right authority", "localhost", "sslmode=verify-full&sslrootcert=ROOT", "TLS"],
    ["the right authority, and nothing else said", "localhost", "sslrootcert=ROOT", "TLS"],
    ["the right authority, as ssl=true", "localhost", "ssl=true&sslrootcert=ROOT", "TLS"],
    ["no authority", "localhost", "sslmode=verify-full", UNTRUSTED],
    ["no authority and sslmode=require", "localhost", "sslmode=require", UNTRUSTED],
    ["another authority", "localhost", "sslmode=verify-full&sslrootcert=OTHER", UNTRUSTED],
    ["a file that is no certificate", "localhost", "sslrootcert=NONSENSE", UNTRUSTED],
    ["a host that the certificate is not for", "127.0.0.1", "sslmode=verify-ca&sslrootcert=ROOT", named("127.0.0.1")],
    ["a host elsewhere, and no word of TLS", "127.1", "", UNTRUSTED],
    ["a host elsewhere, and its authority alone", "127.1", "sslrootcert=ROOT", named("127.1")],
    ["any server", "127.1", "sslmode=no-verify", "TLS"],
    ["no TLS where the host is elsewhere", "127.1", "sslmode=disable", "no TLS"],
    ["no TLS, as ssl=false", "127.1", "ssl=false", "no TLS"],
    ["no TLS, since nothing is said and the host is here", "localhost", "", "no TLS"],
];

describe("a PostgreSQL with a certificate", () => {
    let postgres: Postgres;
    let folder: string;
    let url: string;
    before(async () => {
        folder = await mkdtemp(join(tmpdir(), "zonekeeper-authorities-"));
        await writeFile(join(folder, "ROOT"), root.certificate);
        await writeFile(join(folder, "OTHER"), newAuthority("Somebody else").certificate);
        await writeFile(join(folder, "NONSENSE"), "nonsense");
        postgres = await startPostgres(identity());
        url = await newTable(postgres);
    });
    after(async () => {
        await postgres[Symbol.asyncDispose]();
        await rm(folder, { recursive: true });
    });

    const urlOf = (host: string, query: string) => {
        const at = new URL(url);
        at.hostname = host;
        at.search = query.replace(/(ROOT|OTHER|NONSENSE|NOWHERE)$/, (name) => join(folder, name));
        return at.href;
    };

    /** Whether the program of that name that came last has TLS. */
    async function encryption(program: string): Promise<string> {
        const [row] = await postgres.query(
            url,
            `SELECT CASE WHEN ssl THEN 'TLS' ELSE 'no TLS' END AS is FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
                WHERE application_name = $1 AND datname = current_database() ORDER BY backend_start DESC LIMIT 1`,
            [program],
        );
        return String(row?.is);
    }

    async function askAsSource(at: string): Promise<string> {
        const source = open(at);
        try {
            const reading = await source.read(NEVER).catch(() => undefined);
            if (reading !== undefined) return await encryption("zonekeeper");
            return (await problemOf(source)).replace(/^cannot read grants from table grants of env:DATABASE_URL: /, "");
        } finally {
            await source.close?.();
        }
    }

    async function askAsLeader(at: string): Promise<string> {
        const { promise, resolve } = promised<string>();
        const leadership = postgresLeadership({
            url: at,
            clock: systemClock,
            nonce: randomUUID,
            graceMs: 10,
            onTrouble: resolve,
        });
        try {
            const led = leadership.lead(NEVER).then(() => encryption("zonekeeper leader"));
            led.catch(() => {});
            const told = await Promise.race([led, promise]);
            assert.doesNotMatch(`${leadership.name} ${told}`, new RegExp(PASSWORD));
            return told.replace(/^the database of the lock cannot be asked: /, "");
        } finally {
            await leadership.close();
        }
    }

    for (const [who, ask] of [
        ["the source", askAsSource],
        ["who leads", askAsLeader],
    ] as const) {
        describe(`asked by ${who}`, () => {
            for (const [what, host, query, comesTo] of ROWS) {
                it(`with ${what}`, async () => assert.equal(await ask(urlOf(host, query)), comesTo));
            }
        });
    }

    describe("whose certificate", () => {
        const rows: readonly (readonly [what: string, shown: () => Identity, comesTo: string])[] = [
            [
                "has expired",
                () => identity([-3, -2]),
                "the server's certificate has expired, since MOMENT: give the server a new one",
            ],
            [
                "begins tomorrow",
                () => identity([1, 2]),
                "the server's certificate is not valid yet, it begins at MOMENT: see whose clock is wrong",
            ],
            ["comes without the one between", () => issuing.issue(["localhost"]), UNTRUSTED],
            ["is a new one", () => identity(), "TLS"],
        ];
        for (const [what, shown, comesTo] of rows) {
            it(what, async () => {
                await postgres.present(shown());
                const at = urlOf("localhost", "sslrootcert=ROOT");
                const said = [await askAsSource(at), await askAsLeader(at)];
                const steady = said.map((text) => text.replace(/\d{4}-\d\d-\d\dT[\d:]+\.000Z/, "MOMENT"));
                assert.deepEqual(steady, [comesTo, comesTo]);
            });
        }
    });

    it("is not asked where the file of the authority is not there", async () => {
        const at = urlOf("localhost", "sslrootcert=NOWHERE");
        const problem = `a file that the URL names cannot be read: ENOENT: no such file or directory, open '${join(folder, "NOWHERE")}'`;
        assert.equal(await askAsSource(at), problem);
        await assert.rejects(askAsLeader(at), {
            code: "bad-input",
            message: `the database of the lock cannot be asked: ${problem}`,
        });
    });
});
