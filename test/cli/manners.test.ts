import { strict as assert } from "node:assert";
import { HELP, VARIABLES } from "../../src/cli/arguments/helpText";
import { coloured, isColoured } from "../../src/cli/terminal/colour";
import { openProgress } from "../../src/cli/terminal/progress";
import { writers } from "../../src/cli/terminal/terminal";
import { call } from "./scene";

describe("a wrong option", () => {
    const table: [args: string[], says: string][] = [
        [["sync", "--zoen", "x"], "unknown option '--zoen' (Did you mean --zone?)"],
        [["sync", "--zoen=x"], "unknown option '--zoen' (Did you mean --zone?)"],
        [["sync", "--zone", "nzo1", "--sorce", "x"], "unknown option '--sorce' (Did you mean --source?)"],
        [["agent", "--confg", "x"], "unknown option '--confg' (Did you mean --config?)"],
        [["explain", "--zones", "x", "--chain", "1.1.1.1"], "unknown option '--zones' (Did you mean --zone?)"],
        [["adopt", "--stak", "dev"], "unknown option '--stak' (Did you mean --stack?)"],
        [["ledger", "tail", "--folow"], "unknown option '--folow' (Did you mean --follow?)"],
        [["sync", "--banana"], "unknown option '--banana'"],
        [["sync", "-x"], "unknown option '-x' (Did you mean -h?)"],
        [["ledger", "tial"], "unknown command 'tial' (Did you mean tail?)"],
        [["docter"], "unknown command 'docter' (Did you mean doctor?)"],
    ];
    for (const [args, says] of table) {
        it(`${args.join(" ")} is reported before what is missing`, async () => {
            assert.deepEqual(await call(args), { status: 2, out: "", err: [`zonekeeper: ${says} [ZK002]`] });
        });
    }
});

describe("--help", () => {
    for (const [name, { examples }] of Object.entries(HELP)) {
        it(`of ${name} has examples, exit statuses, the environment and a link`, async () => {
            const { status, out } = await call([...name.split(" "), "--help"]);
            assert.equal(status, 0);
            assert.match(
                out,
                /\nExamples:\n {2}\S[\s\S]*\nExit statuses:\n {2}0 {2}\S.*\n[\s\S]*\nEnvironment:\n {2}\S/,
            );
            assert.match(out, /\nDocumentation: \S+/);
            const isGroup = Object.keys(HELP).some((other) => other.startsWith(`${name} `));
            for (const flag of isGroup ? [] : (examples.join(" ").match(/--[a-z-]+/g) ?? []))
                assert.match(out, new RegExp(` ${flag}\\b`));
        });
    }

    it("of all commands has examples, exit statuses, the environment and a link", async () => {
        for (const args of [["--help"], ["help"], ["-h"]]) {
            const { status, out } = await call(args);
            assert.equal(status, 0);
            assert.match(
                out,
                /\nExamples:\n {2}zonekeeper [\s\S]*\nExit statuses:\n( {2}[0-4] {2}\S.*\n){5}\nEnvironment:\n[\s\S]*\nDocumentation: \S+/,
            );
            const read = new Set(Object.values(HELP).flatMap(({ reads }) => reads.map((group) => VARIABLES[group])));
            for (const variables of read) assert.ok(out.includes(variables), variables);
        }
    });

    it("is there for every command", async () => {
        const { out } = await call(["--help"]);
        const [commands = ""] = out.split("\nExamples:");
        const names = [...commands.matchAll(/^ {2}([a-z]+)( \[options\])?[ <]/gm)].map(([, name]) => name ?? "");
        const known = Object.keys(HELP).flatMap((name) => name.split(" ")[0] ?? []);
        assert.deepEqual(
            [...new Set(known)],
            names.filter((name) => name !== "help"),
        );
    });
});

describe("colour", () => {
    it("marks what begins a line of ours, and nothing in a value", () => {
        assert.equal(coloured("  fail  ZK101  x  fail"), "  \u001b[31mfail\u001b[0m  ZK101  x  fail");
        assert.equal(coloured("  bad      ended  x  bad"), "  \u001b[31mbad\u001b[0m      ended  x  bad");
        assert.equal(coloured("  + 203.0.113.7/32"), "  \u001b[32m+ 203.0.113.7/32\u001b[0m");
        assert.equal(coloured('{"status":"fail"}'), '{"status":"fail"}');
    });

    it("is for a terminal alone, and not with NO_COLOR", () => {
        assert.equal(isColoured({ isTTY: true }, {}), true);
        assert.equal(isColoured({ isTTY: true }, { NO_COLOR: "" }), true);
        assert.equal(isColoured({ isTTY: true }, { NO_COLOR: "1" }), false);
        assert.equal(isColoured({ isTTY: true }, { TERM: "dumb" }), false);
        assert.equal(isColoured({}, {}), false);
    });

    it("comes after the escaping of what a value brings", () => {
        const written: string[] = [];
        const stream = { isTTY: true, write: (text: string) => written.push(text) } as never;
        const { out } = writers({ stdout: stream, stderr: stream, env: {} });
        out("  warn  \u001b[31mred\u202e\r\u2028next");
        assert.deepEqual(written, ["  \u001b[33mwarn\u001b[0m  \\u001b[31mred\\u202e\\u000d\\u2028next\n"]);
    });
});

describe("progress", () => {
    function opened() {
        const written: string[] = [];
        const ticks: (() => void)[] = [];
        let isStopped = false;
        const progress = openProgress({
            write: (text) => void written.push(text),
            every(ms, tick) {
                assert.equal(ms, 1000);
                ticks.push(tick);
                return () => {
                    isStopped = true;
                };
            },
        });
        return { progress, written, pass: () => ticks[0]?.(), isStopped: () => isStopped };
    }

    it("says nothing in the first second, then how long it has been, and goes away", () => {
        const { progress, written, pass, isStopped } = opened();
        const end = progress.begin("zonekeeper sync");
        assert.deepEqual(written, []);
        pass();
        pass();
        end();
        assert.deepEqual(written, ["zonekeeper sync … 1 s", "\r\u001b[K", "zonekeeper sync … 2 s", "\r\u001b[K"]);
        assert.equal(isStopped(), true);
    });

    it("makes room for other text", () => {
        const { progress, written, pass } = opened();
        progress.begin("zonekeeper sync");
        progress.clear();
        pass();
        progress.clear();
        progress.clear();
        assert.deepEqual(written, ["zonekeeper sync … 1 s", "\r\u001b[K"]);
    });

    it("is not there where stderr is no terminal", () => {
        const stream = { write: () => true } as never;
        assert.equal(writers({ stdout: stream, stderr: stream, env: {} }).begin, undefined);
    });
});
