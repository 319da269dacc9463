import { strict as assert } from "node:assert";

import { FORMATS } from "../../src/core/ranges/formats/formats";
import { answer, serve } from "../sources/server";
import { addresses, fileOf } from "../support/cells";
import { ranges } from "./rangesCall";

const LIST = "there are us_cell_1, us_cell_2, and the groups production, emea, hipaa, apac, preview, preview-emea, pam";

describe("zonekeeper ranges", () => {
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
                [`zonekeeper: ${says} [${status === 2 ? "ZK002" : "ZK103"}]`],
            );
        });
    }

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
            [["--format", "nginz"], 2, `there is no format "nginz": did you mean nginx? there are ${formats}`],
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
                "--diff is http://example.com, where it can be changed in transit: use https",
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
                const code = status === 2 ? "ZK002" : "ZK405";
                const document = { code, error: { code: "bad-input", message: says } };
                const out = args.includes("--json") ? JSON.stringify(document) : "";
                assert.deepEqual(await ranges(args, files), { status, out, err: [`zonekeeper: ${says} [${code}]`] });
            });
        }
    });
});
