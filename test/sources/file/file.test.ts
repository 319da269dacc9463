import { strict as assert } from "node:assert";
import { appendFile, mkdir, mkdtemp, rename as renameFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { fileSource } from "../../../src/sources/file/file";
import { A, grant } from "../../support/grants";
import { documentOf } from "../../support/grantsDocument";
import { testSource } from "../contract";
import { nap } from "../sleepers";

const signal = new AbortController().signal;
const limits = { widestPrefix: 24 };

describe("fileSource", () => {
    let directory: string;

    beforeEach(async () => {
        directory = await mkdtemp(join(tmpdir(), "zonekeeper-"));
    });
    afterEach(() => rm(directory, { recursive: true }));

    const write = (path: string, content: string | Uint8Array) => writeFile(join(directory, path), content);
    const open = (path: string, now: () => number = Date.now) =>
        fileSource({ path, directory, limits, sleep: nap, now });
    const read = (path: string) => open(path).read(signal);

    testSource({
        async open(grants) {
            await write("grants.json", JSON.stringify(documentOf(grants)));
            return open("grants.json");
        },
        replace: (grants) => write("grants.json", JSON.stringify(documentOf(grants))),
        spoil: () => rm(join(directory, "grants.json")),
    });

    describe("of a file that was left alone for a while", () => {
        const aMinuteLater = () => Date.now() + 60_000;
        testSource({
            async open(grants) {
                await write("grants.json", JSON.stringify(documentOf(grants)));
                return open("grants.json", aMinuteLater);
            },
            replace: (grants) => write("grants.json", JSON.stringify(documentOf(grants))),
            spoil: () => rm(join(directory, "grants.json")),
        });

        it("gives what it said, without reading it again", async () => {
            await write("grants.json", JSON.stringify(documentOf([grant(A)])));
            const source = open("grants.json", aMinuteLater);
            assert.equal(await source.read(signal), await source.read(signal));
        });

        it("reads it again where it was changed just before", async () => {
            await write("grants.json", JSON.stringify(documentOf([grant(A)])));
            const source = open("grants.json");
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
        const path = join(directory, "grants.yaml");
        const source = fileSource({ path, directory: "elsewhere", limits, sleep: nap, now: Date.now });
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
        const at = (name: string) => join(directory, name);
        const rename = async (content: string) => {
            await write("new", content);
            await renameFile(at("new"), at("grants"));
        };
        const inPlace = (content: string) => write("grants", content);
        const gone = () => rm(at("grants"));
        /** `mv grants old; writer > grants`: another file, and not renamed into place. */
        const afresh = async (content: string) => {
            await renameFile(at("grants"), at("old"));
            await inPlace(content);
        };
        const onwards = (content: string) => appendFile(at("grants"), content);
        let turns = 0;
        /** As Kubernetes does it with a ConfigMap: the path stays a link, into a folder that is another one now. */
        const turned = async (content: string) => {
            turns += 1;
            await mkdir(at(`..${turns}`));
            await write(`..${turns}/grants`, content);
            await symlink(`..${turns}`, at("..new"));
            await renameFile(at("..new"), at("..data"));
            await rm(at("grants"), { force: true });
            await symlink("..data/grants", at("grants"));
        };

        /** Reads at each call, and counts the times that it waits; `steps` happen while it waits. */
        function reader(steps: readonly (() => Promise<void>)[], now: () => number) {
            const left = [...steps];
            const slept: number[] = [];
            const sleep = async (ms: number) => {
                slept.push(ms);
                await left.shift()?.();
            };
            const source = fileSource({ path: "grants", directory, limits, sleep, now });
            return {
                slept,
                read: () =>
                    source.read(signal).then(
                        ({ grants }) => grants.map(({ id }) => id),
                        ({ message }: Error) => message.replace(/.*?: /, ""),
                    ),
            };
        }

        type Steps = readonly (() => Promise<void>)[];
        const [good, both] = [["g1"], ["g1", "g2"]];
        const empty = "it is empty; to grant nobody, write `grants: []`";
        const table: [because: string, steps: Steps, outcome: string | readonly string[], waits: number][] = [
            ["is believed at once when it is as it was", [async () => {}], both, 0],
            ["is believed at once when it has its closing bracket", [() => inPlace(json)], good, 0],
            ["is believed at once when it has its closing bracket and was renamed", [() => rename(json)], good, 0],
            ["is believed when it was left alone, written in place", [() => inPlace(one)], good, 1],
            ["is believed when it was left alone, renamed into place", [() => rename(one)], good, 1],
            ["is believed when it was left alone, behind another link", [() => turned(one)], good, 1],
            ["is read again when it was written on", [() => inPlace(one), () => inPlace(two)], both, 2],
            [
                "is read again when it is another file that was written on",
                [() => afresh("grants:\n"), () => inPlace(one), () => inPlace(two)],
                both,
                3,
            ],
            [
                "is read again when lines are added to another file",
                [() => afresh(one), () => onwards("- { id: g2, ip: 198.51.100.2, permanent: true }\n")],
                both,
                2,
            ],
            [
                "is read again when the file behind the link was written on",
                [() => turned(one), () => write(`..${turns}/grants`, two)],
                both,
                2,
            ],
            ["is read again when it was renamed once more", [() => rename(one), () => rename(two)], both, 2],
            ["is read again when it was gone for a moment", [gone, () => inPlace(json)], good, 1],
            [
                "is read again when it was gone, and then is half-written",
                [gone, () => inPlace(one), () => inPlace(two)],
                both,
                3,
            ],
            [
                "is read again when it was half a JSON document",
                [() => afresh(json.slice(0, 20)), () => inPlace(json)],
                good,
                1,
            ],
            ["is read again when it made no sense", [() => inPlace(""), () => inPlace(json)], good, 1],
            ["is unreadable when it makes no sense for longer", [() => inPlace("")], empty, 1],
        ];
        for (const [because, [change = gone, ...more], outcome, waits] of table) {
            it(because, async () => {
                await write("grants", two);
                const { read, slept } = reader(more, () => Date.now() + 60_000);
                await read();
                assert.deepEqual(slept, [], "the first read of an old file waits");
                await change();
                assert.deepEqual([await read(), slept], [outcome, Array(waits).fill(100)]);
            });
        }

        const first: [
            because: string,
            content: string,
            sinceMs: number,
            steps: Steps,
            outcome: readonly string[],
            waits: number,
        ][] = [
            ["at once when it was last changed a minute ago", one, 60_000, [], good, 0],
            ["at once when it was last changed 2.5 s ago", one, 2_500, [], good, 0],
            ["when it was left alone, last changed a second ago", one, 1_000, [], good, 1],
            ["when it was left alone, last changed just now", one, 0, [], good, 1],
            ["when it was left alone, last changed in the future of this clock", one, -3_600_000, [], good, 1],
            ["after it was written on", one, 0, [() => inPlace(two)], both, 2],
            ["at once when it has its closing bracket", json, 0, [], good, 0],
        ];
        for (const [when, content, sinceMs, steps, outcome, waits] of first) {
            it(`is read the first time ${when}`, async () => {
                await write("grants", content);
                const { ctimeMs } = await stat(at("grants"));
                const { read, slept } = reader(steps, () => ctimeMs + sinceMs);
                assert.deepEqual([await read(), slept], [outcome, Array(waits).fill(100)]);
            });
        }

        it("is compared with the clock the first time only, as that may be ahead of the file system's", async () => {
            await write("grants", two);
            const { read, slept } = reader([() => inPlace(one), () => inPlace(two)], () => Date.now() + 3_600_000);
            assert.deepEqual([await read(), slept.length], [both, 0]);
            await afresh("grants:\n- { id: g1, ip: 198.51.100.1, permanent: true }\n");
            assert.deepEqual([await read(), slept.length], [both, 3]);
        });

        it("is unreadable while it is written on and on, and not taken as it is", async () => {
            await write("grants", two);
            let writes = 0;
            const on = async () => {
                writes += 1;
                await inPlace(one.padEnd(60 + writes));
            };
            const { read, slept } = reader(Array(50).fill(on), () => Date.now() + 60_000);
            await read();
            await on();
            const problem =
                "it was still being written after 2 s: it is read when it was left alone for 100 ms; write another file and rename it";
            assert.deepEqual([await read(), slept.length, writes], [problem, 20, 21]);
        });
    });
});
