import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { z } from "zod";

import { readAgentSettings } from "../../../src/core/settings/agentSettings";
import { parseSourceSpec } from "../../../src/sources/settings/parseSource";
import type { SOURCE } from "../../../src/sources/settings/sourceSchema";
import type { SourceSpec } from "../../../src/sources/settings/sourceSpec";

const EXAMPLES =
    'a file such as grants.yaml, a URL such as https://example.com/grants, or {"type": "file", "path": "grants.yaml"}';

describe("parseSourceSpec", () => {
    const file = (path: string): SourceSpec => ({ type: "file", path });
    const postgres = (at: string): SourceSpec => ({
        type: "postgres",
        url: at,
        table: "grants",
        channel: "zonekeeper_grants",
    });
    const url = "https://example.com/grants";
    const pushed = <Store>(store: Store) => ({ type: "webhook" as const, secret: "env:HOOK", store });

    const table: [value: unknown, spec: SourceSpec][] = [
        ["grants.yaml", file("grants.yaml")],
        ["./x.json", file("./x.json")],
        ["/srv/x.yml", file("/srv/x.yml")],
        ["file:grants.yaml", file("grants.yaml")],
        ["file:///srv/x.yml", file("/srv/x.yml")],
        [url, { type: "http", url }],
        ["postgres://ana@db/app?table=grants", postgres("postgres://ana@db/app")],
        ["okta-log", { type: "okta-log", hours: 8, pollSeconds: 10 }],
        [{ type: "file", path: "grants.yaml" }, file("grants.yaml")],
        [
            { type: "https", url, token: "env:NAME" },
            { type: "http", url, token: "env:NAME" },
        ],
        [{ type: "postgres", url: "env:NAME" }, postgres("env:NAME")],
        ['{"type":"file","path":"x.json"}', file("x.json")],
        // Beyond the table.
        ["  grants.yaml\n", file("grants.yaml")],
        ["my grants (new).yaml", file("my grants (new).yaml")],
        ["C:\\grants.yaml", file("C:\\grants.yaml")],
        ["file:/srv/x%20y.yml", file("/srv/x%20y.yml")],
        ["file:///srv/x%20y.yml", file("/srv/x y.yml")],
        ["FILE:grants.yaml", file("grants.yaml")],
        ["HTTPS://Example.com", { type: "http", url: "https://example.com/" }],
        ["http://127.0.0.1:8080/g?a=b#part", { type: "http", url: "http://127.0.0.1:8080/g?a=b" }],
        ["http://localhost/g", { type: "http", url: "http://localhost/g" }],
        ["http://LOCALHOST:80/g", { type: "http", url: "http://localhost/g" }],
        ["http://[::1]:8080/g", { type: "http", url: "http://[::1]:8080/g" }],
        ["http://127.255.0.9/g", { type: "http", url: "http://127.255.0.9/g" }],
        [
            { type: "http", url: "http://example.com/g", allowInsecure: true },
            { type: "http", url: "http://example.com/g", allowInsecure: true },
        ],
        [
            '{"type":"http","url":"http://example.com/g","allowInsecure":true}',
            { type: "http", url: "http://example.com/g", allowInsecure: true },
        ],
        [
            { type: "https", url, allowInsecure: false },
            { type: "http", url },
        ],
        [
            { type: "http", url, token: "file:/run/token" },
            { type: "http", url, token: "file:/run/token" },
        ],
        [
            { type: "http", url, token: null },
            { type: "http", url },
        ],
        [`{"type":"http","url":"${url}"}`, { type: "http", url }],
        [
            "postgresql://db/app?channel=x&sslmode=disable&table=App.g",
            { type: "postgres", url: "postgresql://db/app?sslmode=disable", table: "App.g", channel: "x" },
        ],
        [
            { type: "postgres", url: "file:/run/url", table: "app.grants", channel: "app_grants" },
            { type: "postgres", url: "file:/run/url", table: "app.grants", channel: "app_grants" },
        ],
        [
            { type: "webhook", secret: "env:HOOK" },
            { type: "webhook", secret: ["env:HOOK"], initial: "unreadable", store: { type: "file" } },
        ],
        [
            { type: "webhook", secret: ["env:NEW", "file:old"], initial: "empty" },
            { type: "webhook", secret: ["env:NEW", "file:old"], initial: "empty", store: { type: "file" } },
        ],
        [
            pushed({ type: "file" }),
            { type: "webhook", secret: ["env:HOOK"], initial: "unreadable", store: { type: "file" } },
        ],
        ...(
            [
                [{ url: "env:DATABASE_URL" }, { url: "env:DATABASE_URL", table: "zonekeeper_pushes" }],
                [
                    { url: "postgres://ana@db/app?table=App.pushes" },
                    { url: "postgres://ana@db/app", table: "App.pushes" },
                ],
                [
                    { url: "file:/run/url", table: '"Pushes"' },
                    { url: "file:/run/url", table: '"Pushes"' },
                ],
            ] as const
        ).map(([given, read]): [unknown, SourceSpec] => [
            pushed({ type: "postgres", ...given }),
            { type: "webhook", secret: ["env:HOOK"], initial: "unreadable", store: { type: "postgres", ...read } },
        ]),
        [
            { type: "okta-log", hours: 12, filter: 'actor.id eq "00u1"', pollSeconds: 30 },
            { type: "okta-log", hours: 12, filter: 'actor.id eq "00u1"', pollSeconds: 30 },
        ],
    ];
    for (const [value, spec] of table) {
        it(`reads ${JSON.stringify(value)}`, () => assert.deepEqual(parseSourceSpec(value), spec));
    }

    const NAMES = "file, http, https, postgres, webhook, portal or okta-log";
    const password = (what: string) =>
        `${what} has a password in it: keep the whole URL in an environment variable or a file, and write ` +
        "{type: postgres, url: env:NAME} or url: file:PATH";
    const secret =
        "the source's secret must be the place of the secret, env:NAME or file:PATH, and never the secret itself";
    const token =
        "the source's token must be the place of the secret, env:NAME or file:PATH, and never the secret itself";

    const clear = (host: string) =>
        `the source is read from ${host} over http, so anybody who can change the answer in transit decides who is inside: ` +
        "write https://, or {type: http, url: …, allowInsecure: true} if that is meant";

    const wrong: [value: unknown, message: string][] = [
        ["http://example.com/grants", clear("example.com")],
        ["HTTP://grants.internal:8080/?key=s3cr3t", clear("grants.internal:8080")],
        ["http://10.0.0.1/g", clear("10.0.0.1")],
        ["http://127.0.0.1.example.com/g", clear("127.0.0.1.example.com")],
        ["http://localhost.example.com/g", clear("localhost.example.com")],
        ["http://0.0.0.0/g", clear("0.0.0.0")],
        ["http://[2001:db8::1]/g", clear("[2001:db8::1]")],
        [{ type: "http", url: "http://example.com/g" }, clear("example.com")],
        [{ type: "http", url: "http://example.com/g", allowInsecure: false }, clear("example.com")],
        ['{"type":"http","url":"http://example.com/g"}', clear("example.com")],
        [
            { type: "http", url, allowInsecure: "yes" },
            "the source's allowInsecure is not true or false, without quotes",
        ],
        [
            { type: "http", url, allowInsecure: "true" },
            "the source's allowInsecure is not true or false, without quotes",
        ],
        [
            { type: "https", url, allowInsecure: "false" },
            "the source's allowInsecure is not true or false, without quotes",
        ],
        [{ type: "http", url, allowInsecure: 1 }, "the source's allowInsecure is not true or false, without quotes"],
        ['{"type":"okta-log","hours":"8"}', "the source's hours is not a whole number from 1 to 168, without quotes"],
        [
            { type: "okta-log", pollSeconds: "30" },
            "the source's pollSeconds is not a whole number from 2 to 300, without quotes",
        ],
        [{ type: "okta-log", hours: true }, "the source's hours is not a whole number from 1 to 168, without quotes"],
        [
            { type: "http", url, allowinsecure: true },
            'a source of type http has no setting "allowinsecure": did you mean allowInsecure?',
        ],
        [
            "https://ana:s3cr3t@example.com/g?key=s3cr3t",
            "the source has a user or a password in it: write https://example.com/g and say token: env:NAME or file:PATH",
        ],
        [{ type: "https", url, token: "s3cr3t" }, token],
        ["postgres://ana:s3cr3t@db/grants", password("the source")],
        // Beyond the table.
        [undefined, `the source is missing or is not one: give ${EXAMPLES}`],
        [null, `the source is missing or is not one: give ${EXAMPLES}`],
        [7, `the source is missing or is not one: give ${EXAMPLES}`],
        [["grants.yaml"], `the source is missing or is not one: give ${EXAMPLES}`],
        ["", `the source is empty: give ${EXAMPLES}`],
        [" ", `the source is empty: give ${EXAMPLES}`],
        ['{"type":"http","token":"s3cr3t"', `the source begins with { but is not JSON: give ${EXAMPLES}`],
        ["file:", "the source's path is missing"],
        ["file://server/share/x.yml", "the source is not a file URL such as file:///srv/grants.yaml"],
        ["https://", "the source is not a URL such as https://example.com/grants"],
        ["ftp://example.com/g", "the source has the scheme ftp://, but is read from file, http, https or postgres"],
        [{ type: "postgres", url: "postgres://ana:s3cr3t@db/grants" }, password("the source's url")],
        [{ type: "postgres", url: "postgres://db/grants?password=s3cr3t" }, password("the source's url")],
        [{ type: "postgres" }, "the source's url is missing: say where it is, as env:NAME or file:PATH"],
        [
            { type: "postgres", url: "host=db password=s3cr3t" },
            "the source's url is not env:NAME, file:PATH, or a URL such as postgres://user@host/database",
        ],
        [
            { type: "postgres", url: "env:X", table: "grants; DROP TABLE grants" },
            "the source's table is not the name of a table, such as grants or app.grants",
        ],
        [
            { type: "postgres", url: "env:X", channel: "a'b" },
            "the source's channel is not a name of small letters, such as zonekeeper_grants",
        ],
        [
            { type: "postgres", url: "env:X", tables: "grants" },
            'a source of type postgres has no setting "tables": did you mean table?',
        ],
        ["webhook", "the source's secret is missing: say where it is, as env:NAME or file:PATH"],
        [{ type: "webhook", secret: [] }, "the source's secret is missing: say where it is, as env:NAME or file:PATH"],
        [{ type: "webhook", secret: "whsec_s3cr3t" }, secret],
        [{ type: "webhook", secret: ["env:A", "whsec_s3cr3t"] }, secret],
        [{ type: "webhook", secret: Array(6).fill("env:A") }, "the source has more than 5 secrets"],
        [{ type: "webhook", secret: "env:A", initial: "full" }, "the source's initial is neither unreadable nor empty"],
        [
            pushed("postgres://db/app"),
            "the source's store is not one: leave it out, or give {type: postgres, url: env:DATABASE_URL}",
        ],
        [
            pushed({ url: "env:X" }),
            "the type of the source's store is neither file nor postgres: give {type: postgres, url: env:DATABASE_URL}",
        ],
        [
            pushed({ type: "postgre", url: "env:X" }),
            "the type of the source's store is neither file nor postgres: did you mean postgres?",
        ],
        [
            pushed({ type: "postgres", url: "env:X", tables: "t" }),
            'a store of type postgres has no setting "tables": did you mean table?',
        ],
        [pushed({ type: "file", path: "x" }), 'a store of type file has no setting "path": it has type'],
        [
            pushed({ type: "postgres" }),
            "the url of the source's store is missing: say where it is, as env:NAME or file:PATH",
        ],
        [pushed({ type: "postgres", url: "postgres://ana:s3cr3t@db/app" }), password("the url of the source's store")],
        [
            pushed({ type: "postgres", url: "postgres://db/app?channel=x" }),
            "the source's store has no channel of its own",
        ],
        [
            pushed({ type: "postgres", url: "env:X", table: "a;b" }),
            "the table of the source's store is not the name of a table, such as zonekeeper_pushes or app.zonekeeper_pushes",
        ],
        [
            pushed({ type: "postgres", url: "env:X", table: "x".repeat(53) }),
            "the table of the source's store has a name that is too long: 52 letters are the most",
        ],
        [
            { ...pushed({ type: "file" }), stores: {} },
            'a source of type webhook has no setting "stores": did you mean store?',
        ],
        [{ type: "okta-log", hours: 0 }, "the source's hours is not a whole number from 1 to 168, without quotes"],
        [{ type: "okta-log", hours: "8h" }, "the source's hours is not a whole number from 1 to 168, without quotes"],
        [
            { type: "okta-log", pollSeconds: 1 },
            "the source's pollSeconds is not a whole number from 2 to 300, without quotes",
        ],
        [
            { type: "okta-log", filter: "" },
            "the source's filter is not a text of Okta's filter language of up to 1000 characters",
        ],
        [{}, `the source's type is missing: give ${NAMES}`],
        [{ type: "s3" }, `the source's type "s3" is not ${NAMES}`],
        [{ type: "postgre" }, `the source's type "postgre" is not ${NAMES}; did you mean postgres?`],
        [{ type: "toString" }, `the source's type "toString" is not ${NAMES}`],
        [{ type: "file" }, "the source's path is missing"],
        [{ type: "file", path: 7 }, "the source's path is missing"],
        [{ type: "file", path: "x", url }, 'a source of type file has no setting "url": it has type, path'],
        [{ type: "http", url, tokn: "s3cr3t" }, 'a source of type http has no setting "tokn": did you mean token?'],
        [{ type: "http" }, "the source's url is missing"],
        [{ type: "http", url: "example.com" }, "the source's url is not a URL such as https://example.com/grants"],
        [{ type: "http", url: "ftp://h/" }, "the source's url is not a URL such as https://example.com/grants"],
        [
            { type: "https", url: "http://example.com/" },
            "the source has type https, but its url does not begin with https://",
        ],
        [
            { type: "https", url: "https://t0ken@h/" },
            "the source's url has a user or a password in it: write https://h/ and say token: env:NAME or file:PATH",
        ],
        [{ type: "http", url, token: "" }, token],
        [{ type: "http", url, token: 7 }, token],
    ];
    for (const [value, message] of wrong) {
        it(`refuses ${JSON.stringify(value)}`, () => {
            assert.throws(() => parseSourceSpec(value), { code: "bad-input", message });
        });
    }

    const several: [value: unknown, message: string][] = [
        [
            { type: "http", tokn: "s3cr3t", secret: "s3cr3t", token: "s3cr3t" },
            'a source of type http has no setting "tokn": did you mean token?; ' +
                'a source of type http has no setting "secret": it has type, url, token, allowInsecure; ' +
                `the source's url is missing; ${token}`,
        ],
        [
            { type: "okta-log", hours: 200, pollSeconds: 0 },
            "the source's hours is not a whole number from 1 to 168, without quotes; " +
                "the source's pollSeconds is not a whole number from 2 to 300, without quotes",
        ],
        [{ type: "webhook", secret: ["s3cr3t", "s3cr3t2"] }, secret],
    ];
    for (const [value, message] of several) {
        it(`names everything that is wrong with ${JSON.stringify(value)}`, () => {
            assert.throws(() => parseSourceSpec(value), { code: "bad-input", message });
        });
    }

    it("has a schema whose output is the type that is written by hand", () => {
        type Same<A, B> = [A, B] extends [B, A] ? true : false;
        const isSame: Same<z.output<typeof SOURCE>, SourceSpec> = true;
        assert.ok(isSame);
    });

    it("reads the settings that docs/reference/sources.md shows", () => {
        const text = readFileSync(join(__dirname, "../../../docs/reference/sources.md"), "utf8");
        const shown = [...text.matchAll(/```yaml\n(.*?)```/gs)].map(([, yaml = ""]) => parse(yaml) as object);
        assert.deepEqual(
            shown.map((settings) => parseSourceSpec((settings as { readonly source: unknown }).source)),
            [
                {
                    type: "webhook",
                    secret: ["env:WEBHOOK_SECRET"],
                    initial: "unreadable",
                    store: { type: "postgres", url: "env:DATABASE_URL", table: "zonekeeper_pushes" },
                },
                { type: "portal", store: { type: "file", path: "portal.jsonl" } },
            ],
        );
        for (const settings of shown) readAgentSettings({ zones: ["nzo1"], ...settings });
    });
});
