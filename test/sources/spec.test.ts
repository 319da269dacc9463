import { strict as assert } from "node:assert";

import { parseSourceSpec, type SourceSpec } from "../../src/sources/spec";

const EXAMPLES =
    "a file such as grants.yaml, a URL such as https://example.com/grants, or {type: file, path: grants.yaml}";

describe("parseSourceSpec", () => {
    const file = (path: string): SourceSpec => ({ type: "file", path });
    const url = "https://example.com/grants";

    const table: [value: unknown, spec: SourceSpec][] = [
        ["grants.yaml", file("grants.yaml")],
        ["./x.json", file("./x.json")],
        ["/srv/x.yml", file("/srv/x.yml")],
        ["file:grants.yaml", file("grants.yaml")],
        ["file:///srv/x.yml", file("/srv/x.yml")],
        [url, { type: "http", url }],
        [{ type: "file", path: "grants.yaml" }, file("grants.yaml")],
        [
            { type: "https", url, token: "env:NAME" },
            { type: "http", url, token: "env:NAME" },
        ],
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
        [
            { type: "http", url, token: "file:/run/token" },
            { type: "http", url, token: "file:/run/token" },
        ],
        [
            { type: "http", url, token: null },
            { type: "http", url },
        ],
        [`{"type":"http","url":"${url}"}`, { type: "http", url }],
    ];
    for (const [value, spec] of table) {
        it(`reads ${JSON.stringify(value)}`, () => assert.deepEqual(parseSourceSpec(value), spec));
    }

    const later = (type: string) => `a source of type ${type} cannot be used here yet: give ${EXAMPLES}`;
    const token = "the source's token is not written here: say where it is, as env:NAME or file:PATH";

    const wrong: [value: unknown, message: string][] = [
        [
            "https://ana:s3cr3t@example.com/g?key=s3cr3t",
            "the source has a user or a password in it: write https://example.com/g and say token: env:NAME or file:PATH",
        ],
        [{ type: "https", url, token: "s3cr3t" }, token],
        [{ type: "postgres", url: "postgres://ana:s3cr3t@db/grants" }, later("postgres")],
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
        ["ftp://example.com/g", "the source has the scheme ftp://, but is read from file, http or https"],
        ["postgres://ana:s3cr3t@db/grants", later("postgres")],
        ["postgresql://ana:s3cr3t@db/grants", later("postgresql")],
        ["webhook", later("webhook")],
        ["okta-log", later("okta-log")],
        [{ type: "webhook" }, later("webhook")],
        [{ type: "okta-log" }, later("okta-log")],
        [{}, "the source's type is missing: give file, http or https"],
        [{ type: "s3" }, `the source's type "s3" is not file, http or https`],
        [{ type: "file" }, "the source's path is missing"],
        [{ type: "file", path: 7 }, "the source's path is missing"],
        [{ type: "file", path: "x", url }, 'a source of type file has no setting "url": it has type, path'],
        [{ type: "http", url, tokn: "s3cr3t" }, 'a source of type http has no setting "tokn": it has type, url, token'],
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
});
