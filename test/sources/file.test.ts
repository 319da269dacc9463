import { strict as assert } from "node:assert";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { fileSource } from "../../src/sources/file";
import { A, grant } from "../support/grants";
import { documentOf } from "../support/grantsDocument";
import { testSource } from "./contract";

const signal = new AbortController().signal;
const limits = { widestPrefix: 24 };

describe("fileSource", () => {
    let directory: string;

    beforeEach(async () => {
        directory = await mkdtemp(join(tmpdir(), "zonekeeper-"));
    });
    afterEach(() => rm(directory, { recursive: true }));

    const write = (path: string, content: string | Uint8Array) => writeFile(join(directory, path), content);
    const read = (path: string) => fileSource({ path, directory, limits }).read(signal);

    testSource({
        async open(grants) {
            await write("grants.json", JSON.stringify(documentOf(grants)));
            return fileSource({ path: "grants.json", directory, limits });
        },
        replace: (grants) => write("grants.json", JSON.stringify(documentOf(grants))),
        spoil: () => rm(join(directory, "grants.json")),
    });

    const yaml = `
grants:
  - id: grant of ${A}
    ip: 198.51.100.1
    expiresAt: 2026-12-01T13:00:00Z   # no quotes needed
`;
    for (const path of ["grants.yaml", "grants.yml", "grants.txt", "grants.json"]) {
        it(`reads YAML in ${path}`, async () => {
            await write(path, yaml);
            assert.deepEqual(await read(path), { grants: [grant(A)], unusable: [] });
        });
    }

    it("reads an absolute path as it is", async () => {
        await write("grants.yaml", yaml);
        const source = fileSource({ path: join(directory, "grants.yaml"), directory: "elsewhere", limits });
        assert.deepEqual((await source.read(signal)).grants, [grant(A)]);
    });

    it("reports what is unusable with the limits it was given", async () => {
        await write("grants.yaml", "grants: [{ id: g1, ip: 10.0.0.0/16, permanent: true }]");
        assert.deepEqual(
            (await read("grants.yaml")).unusable.map(({ id, field }) => [id, field]),
            [["g1", "ip"]],
        );
    });

    it("says where it looked for a file that is not there", async () => {
        await assert.rejects(read("grants.yaml"), {
            code: "source-unreadable",
            message: `cannot read grants from file grants.yaml: there is no such file (${join(directory, "grants.yaml")})`,
        });
    });

    it("says that a folder is not a file", async () => {
        await mkdir(join(directory, "grants"));
        await assert.rejects(read("grants"), { code: "source-unreadable", message: /: it is a folder \(/ });
    });

    it("gives the file and the place of a mistake", async () => {
        await write("grants.yaml", 'grants:\n  - id: "g1\n');
        await assert.rejects(read("grants.yaml"), {
            code: "source-unreadable",
            message:
                'cannot read grants from file grants.yaml: cannot be parsed: Missing closing "quote at line 3, column 1',
        });
    });
});
