import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import { HELP } from "../../src/cli/arguments/helpText";
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

    it("of a group of commands, and of all, has examples and a link", async () => {
        for (const args of [["--help"], ["ledger", "--help"]]) {
            const { out } = await call(args);
            assert.match(out, /\nExamples:\n {2}zonekeeper [\s\S]*\nDocumentation: \S+/);
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

describe("zonekeeper completion", () => {
    it("completes commands, options and what is below a command in bash", async () => {
        const { status, out } = await call(["completion", "bash"]);
        assert.equal(status, 0);
        const complete = (...words: string[]) => {
            const list = words.map((word) => `"${word}"`).join(" ");
            const ask = `COMP_WORDS=(${list}); COMP_CWORD=${words.length - 1}; _zonekeeper; echo "\${COMPREPLY[@]}"`;
            return execFileSync("bash", ["-c", `${out}\n${ask}`], { encoding: "utf8" }).trim();
        };
        assert.equal(complete("zonekeeper", "do"), "doctor");
        assert.equal(complete("zonekeeper", "sync", "--conf"), "--config --confirm-removals");
        assert.equal(complete("zonekeeper", "ledger", "ta"), "tail");
        assert.equal(complete("zonekeeper", "ledger", "tail", "--fol"), "--follow");
        assert.equal(complete("zonekeeper", "sync", "--zone", "nzo1", "--sou"), "--source");
        assert.equal(complete("zonekeeper", "why", "ana@example.com", "--sou"), "--source");
        assert.equal(complete("zonekeeper", "adopt", "sync", "--sel"), "--selector");
    });

    it("has scripts for zsh and fish that name every command", async () => {
        for (const shell of ["zsh", "fish"]) {
            const { out } = await call(["completion", shell]);
            for (const name of Object.keys(HELP)) assert.match(out, new RegExp(`\\b${name.split(" ").at(-1)}\\b`));
            assert.match(out, /confirm-removals/);
        }
    });

    it("refuses another shell", async () => {
        const { status, err } = await call(["completion", "tcsh"]);
        assert.equal(status, 2);
        assert.match(err[0] ?? "", /Allowed choices are bash, zsh, fish/);
    });
});
