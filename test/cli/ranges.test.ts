import { strict as assert } from "node:assert";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { startEmulator } from "../../emulator/emulator";
import { FORMATS } from "../../src/core/formats/formats";
import { answer, type Handler, serve } from "../sources/server";
import { addresses, fileOf, SNAPSHOT, snapshot, textsOf } from "../support/cells";
import { call } from "./scene";

const LIST = "there are us_cell_1, us_cell_2, and the groups production, emea, hipaa, apac, preview, preview-emea, pam";

/** Runs `zonekeeper ranges` in a folder with files `ranges.json` and `old.json`. */
async function ranges(args: readonly string[], files: Readonly<Record<string, string>> = {}) {
    const directory = await mkdtemp(join(tmpdir(), "zonekeeper-"));
    try {
        const all = {
            "ranges.json": fileOf({ us_cell_1: ["1.2.3.4/32", "1.2.3.5/32"], us_cell_2: ["1.2.3.4/32", "9.9.9.9/32"] }),
            "old.json": fileOf({ us_cell_1: ["1.2.3.4/32", "5.6.7.8/32"] }),
            ...files,
        };
        for (const [name, text] of Object.entries(all)) await writeFile(join(directory, name), text);
        const from = args.includes("--from") ? [] : ["--from", "ranges.json"];
        const called = await call(["ranges", ...from, ...args], {
            directory,
            env: { XDG_CACHE_HOME: join(directory, "c") },
        });
        return { ...called, err: called.err.map((line) => line.replaceAll(directory, "DIR")) };
    } finally {
        await rm(directory, { recursive: true });
    }
}

describe("zonekeeper ranges", () => {
    it("prints the promised document", async () => {
        const { status, out, err } = await ranges(["--json"]);
        const cells = { us_cell_1: ["1.2.3.4/32", "1.2.3.5/32"], us_cell_2: ["1.2.3.4/32", "9.9.9.9/32"] };
        assert.deepEqual([status, JSON.parse(out), err], [0, { cells }, []]);
        assert.equal((await ranges(["--format", "json"])).out, out);
    });

    it("prints the cells of a choice, aggregated where that was asked for", async () => {
        const { out } = await ranges(["--json", "--cell", "OK1", "--aggregate"]);
        assert.deepEqual(JSON.parse(out), { cells: { us_cell_1: ["1.2.3.4/31"] } });
        const both = await ranges(["--json", "--cell", "us_cell_2,us_cell_1"]);
        assert.deepEqual(Object.keys(JSON.parse(both.out).cells), ["us_cell_1", "us_cell_2"]);
    });

    it("prints text, a network a line, with the command that makes it again", async () => {
        const { out } = await ranges(["--cell", "us_cell_2", "--aggregate"]);
        const [title, count = "", command, ...networks] = out.split("\n");
        assert.equal(title, "# Okta's own addresses: us_cell_2");
        assert.match(count, /^# 2 networks from ranges\.json, as of \d{4}-\d\d-\d\d$/);
        assert.equal(command, "# Made by: npx zonekeeper ranges --cell us_cell_2 --from ranges.json --aggregate");
        assert.deepEqual(networks, ["1.2.3.4/32", "9.9.9.9/32"]);
    });

    for (const format of Object.keys(FORMATS)) {
        it(`prints ${format} for every cell of a group of Okta's file`, async () => {
            const { status, out } = await ranges(["--from", SNAPSHOT, "--cell", "emea", "--format", format]);
            const cells = snapshot().filter(({ name }) => name.startsWith("emea_cell"));
            assert.equal(status, 0);
            for (const network of textsOf(cells.flatMap(({ spans }) => spans)))
                assert.ok(out.includes(network), network);
        });
    }

    it("reads back what it printed", async () => {
        const { out } = await ranges(["--from", SNAPSHOT, "--json"]);
        const again = await ranges(["--json", "--from", "saved.json"], { "saved.json": out });
        assert.equal(again.out, out);
        assert.deepEqual(
            JSON.parse(
                (await ranges(["--from", SNAPSHOT, "--json", "--diff", "saved.json"], { "saved.json": out })).out,
            ),
            {
                added: [],
                removed: [],
            },
        );
    });

    it("says what came and what went, with status 0", async () => {
        const { status, out } = await ranges(["--diff", "old.json", "--json"]);
        assert.deepEqual(
            [status, JSON.parse(out)],
            [0, { added: ["1.2.3.5/32", "9.9.9.9/32"], removed: ["5.6.7.8/32"] }],
        );
        const text = await ranges(["--diff", "old.json", "--cell", "us_cell_1"]);
        assert.equal(text.out, "1 network added, 1 removed.\n+ 1.2.3.5/32\n- 5.6.7.8/32");
        assert.equal((await ranges(["--diff", "ranges.json"])).out, "The addresses are the same.");
    });

    it("asks an org for its cell", async () => {
        await using okta = await startEmulator({ seed: { org: { cell: "ok2" } } });
        const { status, out } = await ranges(["--org", okta.url, "--json"]);
        assert.deepEqual([status, JSON.parse(out)], [0, { cells: { us_cell_2: ["1.2.3.4/32", "9.9.9.9/32"] } }]);
        assert.deepEqual(
            okta.requests.map(({ method, path }) => `${method} ${path}`),
            ["GET /.well-known/okta-organization"],
        );
    });

    const ORGS: readonly (readonly [what: string, body: string, status: number, says: string])[] = [
        [
            "is in a cell that nobody knows",
            '{"id":"00o1","cell":"ok99"}',
            2,
            `the org is in the cell "ok99", and which one that is in the file is not known: ask Okta, and name it with --cell; ${LIST}`,
        ],
        [
            "does not say its cell",
            '{"id":"00o1"}',
            2,
            "the org at http://host does not say its cell: name it with --cell",
        ],
        ["is no org", "{}", 1, "GET /.well-known/okta-organization: the answer does not describe an org"],
        [
            "answers with a page",
            "<html></html>",
            1,
            "GET /.well-known/okta-organization: 200, but the answer of http://host is not JSON, so this is not Okta's API; check orgName and baseUrl",
        ],
    ];
    for (const [what, body, status, says] of ORGS) {
        it(`does not guess where the org ${what}`, async () => {
            await using server = await serve(answer(200, body));
            const called = await ranges(["--org", server.url]);
            assert.deepEqual([called.status, called.out], [status, ""]);
            assert.deepEqual(
                called.err.map((line) => line.replaceAll(server.url, "http://host")),
                [`zonekeeper: ${says}`],
            );
        });
    }

    it("lists the names to allow, with their ports, and needs no file for that", async () => {
        const { status, out } = await ranges(["--domains", "--from", "missing.json"]);
        assert.equal(status, 0);
        assert.match(out, /^\*\.okta\.com +443 +orgs$/m);
        assert.match(out, /^ocsp\.digicert\.com +80 +certificate revocation$/m);
        assert.match(out, /^# Static files come from a CDN \(Amazon CloudFront\)/m);
        const { domains } = JSON.parse((await ranges(["--domains", "--json"])).out);
        const okta = { name: "*.okta.com", port: 443, purpose: "orgs", source: "okta" };
        assert.deepEqual([domains.length, domains[0]], [19, okta]);
    });

    it("warns of what AWS limits", async () => {
        const flags = ["--cell", "us_cell_1", "--format"];
        const files = { "ranges.json": fileOf({ us_cell_1: addresses(101) }) };
        const quota =
            "zonekeeper: a rule that names this list counts as 150 rules of its security group, which by default may have 60: have that quota raised";
        const entries = "zonekeeper: AWS takes 100 entries a call, and there are 101: see docs/ranges.md";
        assert.deepEqual((await ranges([...flags, "aws-prefix-list"], files)).err, [entries, quota]);
        assert.deepEqual((await ranges([...flags, "terraform"], files)).err, [quota]);
    });

    it("says what of a group the file lacks", async () => {
        const { status, err } = await ranges(["--cell", "hipaa", "--json"], {
            "ranges.json": fileOf({ us_cell_5: ["1.2.3.4"] }),
        });
        assert.deepEqual([status, err], [0, ["zonekeeper: the file has no us_cell_10, so the group lacks it"]]);
    });

    describe("given nonsense", () => {
        const formats = Object.keys(FORMATS).join(", ");
        const many = { "ranges.json": fileOf({ us_cell_1: addresses(1001) }) };
        const BAD: readonly (readonly [
            args: readonly string[],
            status: number,
            says: string,
            files?: Record<string, string>,
        ])[] = [
            [["--cell", "us_cel_1"], 2, `there is no cell "us_cel_1": did you mean us_cell_1? ${LIST}`],
            [["--cell", "us_cell_1,"], 2, "--cell has an empty name: write --cell us_cell_7"],
            [["--format", "ngnix"], 2, `there is no format "ngnix": did you mean nginx? there are ${formats}`],
            [["--format", "pf"], 2, `there is no format "pf": there are ${formats}`],
            [["--json", "--format", "csv"], 2, "--json and --format csv say different things: keep one"],
            [["--diff", "old.json", "--format", "csv"], 2, "--diff prints text or json, not csv"],
            [["--domains", "--format", "squid"], 2, "--domains prints text or json, not squid"],
            [
                ["--domains", "--cell", "us_cell_1"],
                2,
                "--domains lists names, which are the same for every cell: leave out the other flags",
            ],
            [["--from", "ftp://example.com/"], 2, "--from begins with ftp://: give an https URL"],
            [
                ["--diff", "http://example.com/"],
                2,
                "--diff is http://example.com, where anybody on the way can change it: use https",
            ],
            [
                ["--org", "https://acme-admin.okta.com"],
                2,
                "--org is https://acme-admin.okta.com, the Admin Console; set it to https://acme.okta.com",
            ],
            [["--from", "missing.json"], 1, "cannot read Okta's ranges from missing.json: there is no such file"],
            [
                ["--diff", "bad.json"],
                1,
                "cannot read Okta's ranges from bad.json: it is HTML or XML, not JSON: is this the right address?",
                { "bad.json": "<html>" },
            ],
            [
                ["--format", "terraform"],
                2,
                "terraform: 1001 networks are too many, since an AWS prefix list holds 1000: name fewer cells, or one list for each",
                many,
            ],
        ];
        for (const [args, status, says, files] of BAD) {
            it(`refuses ${args.join(" ")}`, async () => {
                const error = { code: "bad-input", message: says };
                const out = args.includes("--json") ? JSON.stringify({ error }) : "";
                assert.deepEqual(await ranges(args, files), { status, out, err: [`zonekeeper: ${says}`] });
            });
        }
    });

    describe("beside its last good copy", () => {
        let handler: Handler;
        let server: Awaited<ReturnType<typeof serve>>;
        let cache: string;
        const good = answer(200, fileOf({ us_cell_1: addresses(40) }), { etag: '"v1"' });

        before(async () => {
            server = await serve((request, response) => handler(request, response));
            cache = await mkdtemp(join(tmpdir(), "zonekeeper-"));
        });
        after(async () => {
            await server[Symbol.asyncDispose]();
            await rm(cache, { recursive: true });
        });

        async function print(...flags: readonly string[]) {
            const args = ["ranges", "--from", `${server.url}/r.json?key=abc`, "--json", ...flags];
            const { status, out, err } = await call(args, { env: { HOME: cache } });
            return { status, out: JSON.parse(out), err: err.map((line) => line.replaceAll(server.url, "http://host")) };
        }

        it("goes on with it when the download fails, and says so", async () => {
            handler = good;
            const first = await print();
            handler = answer(200, "<html>Sign in</html>");
            const { status, out, err } = await print();
            assert.deepEqual([status, out], [0, first.out]);
            assert.equal(err.length, 1);
            assert.match(
                err[0] ?? "",
                /^zonekeeper: cannot read Okta's ranges from http:\/\/host\/r\.json: it is HTML .*; this is the last good copy, of \d{4}-\d\d-\d\d, 0 days old$/,
            );
        });

        it("does not take a file that lost too much, with status 3, until it is accepted", async () => {
            handler = answer(200, fileOf({ us_cell_1: addresses(10) }));
            const { status, out, err } = await print();
            const says =
                /^Okta's ranges from http:\S+\/r\.json look cut: the cell us_cell_1 lost 30 of its 40 addresses, beside the copy of [\d-]+; look at the file, and say --accept-shrunk if it is right$/;
            assert.deepEqual([status, out.error.code, err.length], [3, "ranges-shrunk", 1]);
            assert.match(out.error.message, says);
            const accepted = await print("--accept-shrunk");
            assert.deepEqual([accepted.status, accepted.out.cells.us_cell_1.length], [0, 10]);
        });
    });

    it("has the flags that docs/ranges.md explains", async () => {
        const { out } = await call(["ranges", "--help"]);
        const flags = [...out.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, flag = ""]) => flag);
        const docs = await readFile(join(__dirname, "../../docs/ranges.md"), "utf8");
        assert.deepEqual(flags, [
            "--cell",
            "--org",
            "--from",
            "--format",
            "--aggregate",
            "--diff",
            "--domains",
            "--accept-shrunk",
            "--json",
        ]);
        assert.deepEqual(
            flags.filter((flag) => !docs.includes(`\`${flag}`)),
            [],
        );
    });
});

describe("the command in a header", () => {
    it("is quoted for a shell, and holds no key of a URL", async () => {
        await using server = await serve(answer(200, fileOf({ us_cell_1: ["1.2.3.4"] })));
        const { out } = await ranges([
            "--from",
            `${server.url}/r.json?key=abc`,
            "--cell",
            "us_cell_1",
            "--format",
            "nginx",
        ]);
        assert.match(
            out,
            /^# Made by: npx zonekeeper ranges --cell us_cell_1 --from 'http:\S+\/r\.json\?…' --format nginx$/m,
        );
        assert.equal(out.includes("abc"), false);
    });
});
