import { strict as assert } from "node:assert";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { startEmulator } from "../../emulator/emulator";
import { FORMATS } from "../../src/core/ranges/formats/formats";
import { answer, type Handler, serve } from "../sources/server";
import { addresses, fileOf, SNAPSHOT, snapshot, textsOf } from "../support/cells";
import { ranges } from "./rangesCall";
import { call } from "./scene";

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

    it("counts what a group lost with a cell that is gone", async () => {
        const files = {
            "old.json": fileOf({ us_cell_5: ["1.2.3.4"], us_cell_10: ["8.8.8.8"] }),
            "ranges.json": fileOf({ us_cell_5: ["1.2.3.4"] }),
        };
        const { out } = await ranges(["--diff", "old.json", "--cell", "hipaa", "--json"], files);
        assert.deepEqual(JSON.parse(out), { added: [], removed: ["8.8.8.8/32"] });
    });

    it("says nothing of cells that were not chosen", async () => {
        const files = {
            "old.json": fileOf({ us_cell_1: ["1.2.3.4/31"], us_cell_2: ["8.8.8.8/32"], ca_cell_1: ["7.7.7.7"] }),
        };
        const { out } = await ranges(["--diff", "old.json", "--cell", "us_cell_1", "--json"], files);
        assert.deepEqual(JSON.parse(out), { added: [], removed: [] });
        const all = await ranges(["--diff", "old.json", "--json"], files);
        assert.deepEqual(JSON.parse(all.out), { added: ["9.9.9.9/32"], removed: ["7.7.7.7/32", "8.8.8.8/32"] });
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
        const entries = "zonekeeper: AWS takes 100 entries a call, and there are 101: see docs/guides/ranges.md";
        assert.deepEqual((await ranges([...flags, "aws-prefix-list"], files)).err, [entries, quota]);
        assert.deepEqual((await ranges([...flags, "terraform"], files)).err, [quota]);
    });

    it("says what of a group the file lacks", async () => {
        const { status, err } = await ranges(["--cell", "hipaa", "--json"], {
            "ranges.json": fileOf({ us_cell_5: ["1.2.3.4"] }),
        });
        assert.deepEqual([status, err], [0, ["zonekeeper: the file has no us_cell_10, so the group lacks it"]]);
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

        it("goes on with it when the download fails, and reports it", async () => {
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

        it("reports a missing folder", async () => {
            handler = good;
            const { status, err } = await call(["ranges", "--from", `${server.url}/r.json`, "--json"], { env: {} });
            const says = "no last good copy is kept, as there is no folder for it: set XDG_CACHE_HOME or HOME";
            assert.deepEqual([status, err], [0, [`zonekeeper: ${says}`]]);
        });

        it("does not take a file that lost too much, with status 3, until it is accepted", async () => {
            handler = answer(200, fileOf({ us_cell_1: addresses(10) }));
            const { status, out, err } = await print();
            const says =
                /^Okta's ranges from http:\S+\/r\.json look cut: the cell us_cell_1 lost 30 of its 40 addresses, beside the copy of [\d-]+; look at the file, and say --accept-shrunk if it is right$/;
            assert.deepEqual([status, out.code, out.error.code, err.length], [3, "ZK504", "ranges-shrunk", 1]);
            assert.match(out.error.message, says);
            const accepted = await print("--accept-shrunk");
            assert.deepEqual([accepted.status, accepted.out.cells.us_cell_1.length], [0, 10]);
        });
    });

    it("has the flags that docs/guides/ranges.md explains", async () => {
        const { out } = await call(["ranges", "--help"]);
        const flags = [...out.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, flag = ""]) => flag);
        const docs = await readFile(join(__dirname, "../../docs/guides/ranges.md"), "utf8");
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
