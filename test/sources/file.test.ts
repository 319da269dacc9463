import { strict as assert } from "node:assert";
import { mkdir, mkdtemp, rename as renameFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { fileSource } from "../../src/sources/file";
import { A, grant } from "../support/grants";
import { documentOf } from "../support/grantsDocument";
import { testSource } from "./contract";
import { nap } from "./sleepers";

const signal = new AbortController().signal;
const limits = { widestPrefix: 24 };

describe("fileSource", () => {
    let directory: string;

    beforeEach(async () => {
        directory = await mkdtemp(join(tmpdir(), "zonekeeper-"));
    });
    afterEach(() => rm(directory, { recursive: true }));

    const write = (path: string, content: string | Uint8Array) => writeFile(join(directory, path), content);
    const read = (path: string) => fileSource({ path, directory, limits, sleep: nap }).read(signal);

    testSource({
        async open(grants) {
            await write("grants.json", JSON.stringify(documentOf(grants)));
            return fileSource({ path: "grants.json", directory, limits, sleep: nap });
        },
        replace: (grants) => write("grants.json", JSON.stringify(documentOf(grants))),
        spoil: () => rm(join(directory, "grants.json")),
    });

    describe("of a file that was left alone for a while", () => {
        const aMinuteLater = () => Date.now() + 60_000;
        const open = (now: () => number) => fileSource({ path: "grants.json", directory, limits, sleep: nap, now });

        testSource({
            async open(grants) {
                await write("grants.json", JSON.stringify(documentOf(grants)));
                return open(aMinuteLater);
            },
            replace: (grants) => write("grants.json", JSON.stringify(documentOf(grants))),
            spoil: () => rm(join(directory, "grants.json")),
        });

        it("gives what it said, without reading it again", async () => {
            await write("grants.json", JSON.stringify(documentOf([grant(A)])));
            const source = open(aMinuteLater);
            assert.equal(await source.read(signal), await source.read(signal));
        });

        it("reads it again where it was changed just before", async () => {
            await write("grants.json", JSON.stringify(documentOf([grant(A)])));
            const source = open(Date.now);
            assert.notEqual(await source.read(signal), await source.read(signal));
        });
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
        const source = fileSource({ path: join(directory, "grants.yaml"), directory: "elsewhere", limits, sleep: nap });
        assert.deepEqual((await source.read(signal)).grants, [grant(A)]);
    });

    it("reports what is unusable with the limits it was given", async () => {
        await write(
            "grants.yaml",
            "grants: [{ id: g1, ip: 198.51.0.0/16, permanent: true }, { id: g2, ip: 198.51.100.1, permanent: true }]",
        );
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

    describe("a file that may be half-written", () => {
        const one = "grants:\n- { id: g1, ip: 198.51.100.1, permanent: true }\n";
        const two = `${one}- { id: g2, ip: 198.51.100.2, permanent: true }\n`;
        const json = '{"grants":[{"id":"g1","ip":"198.51.100.1","permanent":true}]}';
        const rename = async (content: string) => {
            await write("new", content);
            await renameFile(join(directory, "new"), join(directory, "grants"));
        };
        const inPlace = (content: string) => write("grants", content);

        /** What a second read gives after the file changed so, and for how long it waited; `more` is what happens meanwhile. */
        async function readAgain(change: () => Promise<void>, ...more: readonly (() => Promise<void>)[]) {
            await write("grants", two);
            const slept: number[] = [];
            const sleep = async (ms: number) => {
                slept.push(ms);
                await more[slept.length - 1]?.();
            };
            const source = fileSource({ path: "grants", directory, limits, sleep });
            await source.read(signal);
            assert.deepEqual(slept, [], "the first read waits");
            await change();
            const ids = await source.read(signal).then(
                ({ grants }) => grants.map(({ id }) => id),
                ({ message }: Error) => message.replace(/.*?: /, ""),
            );
            return [ids, slept];
        }

        type Steps = readonly (() => Promise<void>)[];
        const gone = () => rm(join(directory, "grants"));
        const table: [because: string, steps: Steps, outcome: string | readonly string[], slept: readonly number[]][] =
            [
                ["is believed at once when it is as it was", [async () => {}], ["g1", "g2"], []],
                ["is believed at once when it was renamed into place", [() => rename(one)], ["g1"], []],
                ["is believed at once when it has its closing bracket", [() => inPlace(json)], ["g1"], []],
                ["is believed when it was left alone", [() => inPlace(one)], ["g1"], [100]],
                [
                    "is read again when it was written on",
                    [() => inPlace(one), () => inPlace(two)],
                    ["g1", "g2"],
                    [100, 100],
                ],
                ["is read again when it made no sense", [() => inPlace(""), () => inPlace(json)], ["g1"], [100]],
                ["is read again when it was gone for a moment", [gone, () => inPlace(json)], ["g1"], [100]],
                [
                    "is unreadable when it makes no sense for longer",
                    [() => inPlace("")],
                    "it is empty; nobody is `grants: []`",
                    [100],
                ],
            ];
        for (const [because, [change = gone, ...more], outcome, slept] of table) {
            it(because, async () => assert.deepEqual(await readAgain(change, ...more), [outcome, slept]));
        }

        it("is taken as it is when it is written on and on", async () => {
            let writes = 0;
            const on = async () => {
                writes += 1;
                await inPlace(one.padEnd(60 + writes));
            };
            const [ids, slept] = await readAgain(on, ...Array.from({ length: 50 }, () => on));
            assert.deepEqual([ids, slept?.length, writes], [["g1"], 20, 21]);
        });
    });
});
