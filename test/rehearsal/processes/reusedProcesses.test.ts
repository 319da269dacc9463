import { strict as assert } from "node:assert";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type ReusedProcesses, reusedProcesses } from "../../../rehearsal/processes/reusedProcesses";

/** Prints its process, arguments, folder and a variable; `late` at the end; goes by its first argument. */
const SCRIPT = `
    process.on("exit", (code) => console.log("exit", code));
    console.log(process.pid, process.argv.slice(2).join(), process.cwd(), process.env.GIVEN ?? "none");
    globalThis.stackResource = (globalThis.stackResource ?? 0) + 1;
    console.log("state", globalThis.stackResource);
    const how = process.argv[2];
    if (how === "fails") process.exitCode = 7;
    if (how === "exits") process.exit(8);
    if (how === "throws") throw new Error("thrown");
    if (how === "waits") setInterval(() => {}, 60_000);
    setTimeout(() => console.error("late"), 10);
`;

describe("reusedProcesses", () => {
    let folder: string;
    let processes: ReusedProcesses;
    before(() => {
        folder = realpathSync(mkdtempSync(join(tmpdir(), "zonekeeper-")));
        writeFileSync(join(folder, "script.js"), SCRIPT);
    });
    beforeEach(() => {
        processes = reusedProcesses();
    });
    afterEach(() => processes.close());
    after(() => rmSync(folder, { recursive: true }));

    function start(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
        const lines: string[] = [];
        const child = processes.start({
            node: process.execPath,
            args: [join(folder, "script.js"), ...args],
            directory: folder,
            env,
            onLine: (line) => lines.push(line),
        });
        return { ...child, lines };
    }

    async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
        const { exited, lines } = start(args, env);
        const status = await exited;
        const [first = "", ...rest] = lines;
        const [pid, ...said] = first.split(" ");
        return { status, pid, said, rest: rest.sort() };
    }

    it("runs one script after the other in a process, with arguments, environment and state of its own", async () => {
        const first = await run(["a", "b"], { GIVEN: "given" });
        const second = await run(["c"]);
        assert.deepEqual(first.said, ["a,b", folder, "given"]);
        assert.deepEqual(second.said, ["c", folder, "none"]);
        assert.deepEqual(second.rest, ["exit 0", "late", "state 1"]);
        assert.deepEqual([second.status, second.pid], [0, first.pid]);
    });

    it("loads the files of a script anew at each run, as they are then", async () => {
        const script = join(folder, "counts.js");
        const runCounting = async () => {
            const lines: string[] = [];
            const args = [script];
            const onLine = (line: string) => lines.push(line);
            const options = { node: process.execPath, args, directory: folder, env: {}, onLine };
            assert.equal(await processes.start(options).exited, 0);
            return lines;
        };
        writeFileSync(script, 'console.log(require("./count.js").next(), require.main === module, __filename);');
        writeFileSync(join(folder, "count.js"), "let count = 0; exports.next = () => (count += 1);");
        for (const run of ["first", "second", "third"]) {
            assert.deepEqual(await runCounting(), [`1 true ${script}`], run);
        }
        writeFileSync(join(folder, "count.js"), "let count = 10; exports.next = () => (count += 1);");
        assert.match((await runCounting())[0] ?? "", /^11 /);
    });

    it("runs scripts at the same time in several processes", async () => {
        const [first, second] = await Promise.all([run(["a"]), run(["b"])]);
        assert.notEqual(first.pid, second.pid);
    });

    for (const [how, status] of [
        ["fails", 7],
        ["exits", 8],
        ["throws", 1],
    ] as const) {
        it(`gives the status of a script that ${how}, and runs the next one`, async () => {
            assert.equal((await run([how])).status, status);
            const next = await run(["a"]);
            assert.deepEqual([next.status, next.rest], [0, ["exit 0", "late", "state 1"]]);
        });
    }

    it("ends a script that is stopped, and does not use its process again", async () => {
        const child = start(["waits"]);
        await child.stop();
        assert.equal(await child.exited, null);
        assert.equal((await run(["a"])).status, 0);
    });

    it("uses another process where Node was started with other variables", async () => {
        const first = await run(["a"], { NODE_OPTIONS: "--no-warnings" });
        assert.notEqual((await run(["b"])).pid, first.pid);
    });
});
