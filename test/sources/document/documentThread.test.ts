import { strict as assert } from "node:assert";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { readDocument } from "../../../src/sources/document/document";
import { readText } from "../../../src/sources/document/documentText";
import { readInThread } from "../../../src/sources/document/documentThread";
import { run } from "../../support/run";
import { watchJson, watchTurns } from "../turns";

const limits = { widestPrefix: 24 };

const bytesOf = (text: string) => Uint8Array.from(Buffer.from(text));

/** Grants of which each third is unusable. */
const entries = Array.from({ length: 2500 }, (_, n) =>
    n % 3 === 2
        ? { id: `é${n}`, ip: "10.0.0.1", permanent: true }
        : {
              id: `é${n}`,
              user: "ana",
              ip: ["203.0.113.7", `11.0.${n >> 8}.${n & 255}`],
              permanent: true,
              labels: { n, __proto__: 1 },
          },
);
const json = JSON.stringify({ grants: entries });
const yaml = `all: &yes true\ngrants:\n${entries.map(({ permanent: _, ...entry }) => `- {permanent: *yes, ${JSON.stringify(entry).slice(1)}\n`).join("")}`;

describe("readInThread", () => {
    for (const [what, text] of [
        ["JSON", json],
        ["YAML", yaml],
        ["no grants", "grants: []"],
    ] as const) {
        it(`reads ${what} as readText does`, async () => {
            assert.deepEqual(
                await readInThread(bytesOf(text), { limits }),
                await readText(bytesOf(text), limits, "known"),
            );
        });
    }

    const bad: readonly (readonly [what: string, text: string, message: string])[] = [
        ["a document of another shape", '{"people":[]}', 'the document has no list "grants"; nobody is `grants: []`'],
        ["a key twice", "grants: []\ngrants: []", 'the key "grants" is there twice at line 2, column 1'],
    ];
    for (const [what, text, message] of bad) {
        it(`says as readText does what is wrong with ${what}`, async () => {
            const refused = { code: "source-unreadable", message };
            await assert.rejects(readInThread(bytesOf(text), { limits }), refused);
        });
    }

    describe("whose thread", () => {
        let folder: string;
        before(async () => {
            folder = await mkdtemp(join(tmpdir(), "zonekeeper-thread-"));
        });
        after(() => rm(folder, { recursive: true }));
        const entry = async (code: string) => {
            const path = join(folder, "entry.cjs");
            await writeFile(path, code);
            return path;
        };
        const LISTEN = 'require("node:worker_threads").parentPort.on("message", () => {});';
        const faults: readonly (readonly [what: string, code: string, message: RegExp])[] = [
            ["ends", "process.exit(3)", /^the thread that reads it ended before there was an answer$/],
            ["throws", 'throw new Error("no such luck\\nat x")', /^the thread that reads it failed: no such luck$/],
            ["cannot load", 'require("../nowhere.cjs")', /^the thread that reads it failed: Cannot find module/],
            [
                "has too little memory",
                "const all = []; for (;;) all.push([...Array(1000).keys()].map(String))",
                /^it takes more than 16 MiB of memory to read$/,
            ],
            ["never answers", LISTEN, /^it takes longer than 1 s to read$/],
            ["never stops", `${LISTEN} for (;;);`, /^it takes longer than 1 s to read$/],
        ];
        for (const [what, code, message] of faults) {
            it(`${what} is unreadable, and the process goes on`, async () => {
                const timeoutMs = /never/.test(what) ? 1000 : 60_000;
                const reading = readInThread(bytesOf(yaml), {
                    limits,
                    entry: await entry(code),
                    timeoutMs,
                    memoryMib: 16,
                });
                await assert.rejects(reading, { code: "source-unreadable", message });
            });
        }

        it("is aborted ends with the signal's reason", async () => {
            const controller = new AbortController();
            const reason = new Error("told to stop");
            const options = { limits, signal: controller.signal, entry: await entry(`${LISTEN} for (;;);`) };
            const reading = readInThread(bytesOf(yaml), options);
            controller.abort(reason);
            await assert.rejects(reading, reason);
            await assert.rejects(readInThread(bytesOf(yaml), options), reason);
        });

        it("failed for a reason that is ours is a bug, and no unreadable source", async () => {
            const code =
                'const { parentPort } = require("node:worker_threads"); parentPort.on("message", () => parentPort.postMessage({ bug: "TypeError: x" }))';
            const reading = readInThread(bytesOf(yaml), { limits, entry: await entry(code) });
            await assert.rejects(
                reading,
                (error: Error & { code?: string }) => error.code === undefined && error.message === "TypeError: x",
            );
        });
    });

    it("takes one piece in each turn, however fast the thread answers", async () => {
        const folder = await mkdtemp(join(tmpdir(), "zonekeeper-thread-"));
        try {
            const entry = join(folder, "entry.cjs");
            await writeFile(
                entry,
                `const { parentPort } = require("node:worker_threads");
                const outline = '{"value":{"grants":[],"unusable":[]},"lists":[["grants"]]}';
                const piece = "[0,[" + Array(40_000).fill(0) + "]]";
                let asked = 0;
                parentPort.on("message", () => {
                    asked += 1;
                    parentPort.postMessage({ piece: asked === 1 ? outline : piece, isLast: asked === 101 });
                });`,
            );
            using json = watchJson();
            const turns = watchTurns(json.characters);
            const { grants } = await readInThread(bytesOf("grants: []"), { limits, entry });
            assert.equal(grants.length, 4_000_000);
            assert.ok(turns.end().longest < 100_000);
        } finally {
            await rm(folder, { recursive: true });
        }
    });

    it("lets timers run between two pieces", async () => {
        let turns = 0;
        let isReading = true;
        const turn = () => {
            turns += 1;
            if (isReading) setImmediate(turn);
        };
        turn();
        await readInThread(bytesOf(json), { limits });
        isReading = false;
        assert.ok(turns > 3, `${turns} turns of the event loop`);
    });

    it("does not keep the process alive, whatever preloads and folder that has", async () => {
        const folder = await mkdtemp(join(tmpdir(), "zonekeeper-thread-"));
        try {
            await writeFile(join(folder, "preload.cjs"), "");
            await writeFile(join(folder, "large.yaml"), yaml);
            const source = join(__dirname, "../../../src/sources/document/document.ts");
            await writeFile(
                join(folder, "program.cjs"),
                `const { readDocument } = require(${JSON.stringify(source)});
                process.chdir("/");
                readDocument([require("node:fs").readFileSync(${JSON.stringify(join(folder, "large.yaml"))})], { widestPrefix: 24 })
                    .then(({ grants }) => console.log(grants.length));`,
            );
            const tsx = join(__dirname, "../../../tsx.cjs");
            const ran = await run(["-r", "./preload.cjs", "-r", tsx, "program.cjs"], { directory: folder });
            assert.deepEqual(ran, { status: 0, stdout: "1667\n", stderr: "" });
        } finally {
            await rm(folder, { recursive: true });
        }
    });
});

describe("readDocument", () => {
    const hostile = `a: &a [${"x, ".repeat(6000)}]\ngrants:\n${"- *a\n".repeat(20)}`;
    const cases: readonly (readonly [what: string, text: string, threads: number])[] = [
        ["a small YAML document at once", "grants: []\n", 0],
        ["a JSON document of some length at once", json.slice(0, json.indexOf(',{"id":"é1000"')).concat("]}"), 0],
        [
            "a long JSON document in a thread",
            JSON.stringify({ grants: [...entries, { more: "x".repeat(256 * 1024) }] }),
            1,
        ],
        ["a long YAML document in a thread", yaml, 1],
        ["JSON of some length that is cut off, and so YAML, in a thread", json.slice(0, 100_000), 1],
        ["a document that is made to take long in a thread", hostile, 1],
    ];
    for (const [what, text, threads] of cases) {
        it(`reads ${what}`, async () => {
            let made = 0;
            const count = () => {
                made += 1;
            };
            process.on("worker", count);
            await readDocument([Buffer.from(text)], limits).catch(() => {});
            process.off("worker", count);
            assert.equal(made, threads);
        });
    }

    it("gives up when its signal aborts", async () => {
        const controller = new AbortController();
        const started = once(process, "worker");
        const reading = readDocument([Buffer.from(yaml)], limits, { signal: controller.signal });
        reading.catch(() => {});
        await started;
        controller.abort(new Error("enough"));
        await assert.rejects(reading, new Error("enough"));
    });
});
