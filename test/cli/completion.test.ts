import { strict as assert } from "node:assert";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Context } from "mocha";

import { HELP } from "../../src/cli/arguments/helpText";
import type { Shell } from "../../src/cli/completion/script";
import { call } from "./scene";

/** What a shell proposes for the last word, in alphabetical order; in its folder is `my file.json`. */
type Complete = (...words: string[]) => Promise<readonly string[]>;

async function scriptFor(shell: Shell): Promise<string> {
    const { status, out } = await call(["completion", shell]);
    assert.equal(status, 0);
    return out;
}

/** Runs a program of a shell in a folder with one file. */
async function runIn(shell: Shell, args: readonly string[]): Promise<readonly string[]> {
    const cwd = await mkdtemp(join(tmpdir(), "zonekeeper-"));
    try {
        await writeFile(join(cwd, "my file.json"), "{}");
        const out = execFileSync(shell, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
        return out.split("\n").filter((line) => line !== "");
    } finally {
        await rm(cwd, { recursive: true });
    }
}

const quoted = (text: string) => `'${text}'`;

/** Asks bash for the words, and, where there are none, does as `complete -o default` does. */
async function inBash(...words: string[]): Promise<readonly string[]> {
    const list = words.map(quoted).join(" ");
    const ask = [
        `COMP_WORDS=(${list}); COMP_CWORD=${words.length - 1}; _zonekeeper`,
        `[ "\${#COMPREPLY[@]}" -gt 0 ] && printf '%s\\n' "\${COMPREPLY[@]}" || compgen -f -- ${quoted(words.at(-1) ?? "")}`,
        "true",
    ];
    return (await runIn("bash", ["-c", [await scriptFor("bash"), ...ask].join("\n")])).toSorted();
}

/** Asks zsh, with plain functions in the place of those of its completion system, which only works at a terminal. */
async function inZsh(...words: string[]): Promise<readonly string[]> {
    const typed = words.at(-1) ?? "";
    const before = [
        "compdef() { }",
        "_files() { print -l -- *(N) }",
        'compadd() { shift; print -l -- "$@" }',
        `_describe() { print -l -- "\${(@)\${(@P)2}%%:*}" }`,
    ];
    const ask = `words=(${words.map(quoted).join(" ")}); CURRENT=${words.length}; _zonekeeper`;
    const found = await runIn("zsh", ["-f", "-c", [...before, await scriptFor("zsh"), ask].join("\n")]);
    return found.filter((word) => word.startsWith(typed)).toSorted();
}

async function inFish(...words: string[]): Promise<readonly string[]> {
    const ask = `complete -C ${quoted(words.join(" "))}`;
    const found = await runIn("fish", ["-N", "-c", [await scriptFor("fish"), ask].join("\n")]);
    return found.map((line) => line.split("\t")[0] ?? "").toSorted();
}

const SHELLS: Readonly<Record<Shell, Complete>> = { bash: inBash, zsh: inZsh, fish: inFish };

function need(context: Context, shell: Shell): void {
    if (spawnSync(shell, ["--version"]).status !== 0) context.skip();
}

describe("zonekeeper completion", () => {
    const rows: [words: string[], proposed: string[]][] = [
        [["do"], ["doctor"]],
        [["hel"], ["help"]],
        [
            ["sync", "--conf"],
            ["--config", "--confirm-removals"],
        ],
        [["ledger", "ta"], ["tail"]],
        [["ledger", "tail", "--fol"], ["--follow"]],
        [["sync", "--zone", "nzo1", "--sou"], ["--source"]],
        [["why", "ana@example.com", "--sou"], ["--source"]],
        [["adopt", "sync", "--na"], ["--name"]],
        [["adopt", "sync", "--zon"], []],
        [
            ["init", "--template", ""],
            ["agent", "portal", "pulumi"],
        ],
        [["completion", "f"], ["fish"]],
        [["sync", "--source", "my"], ["my file.json"]],
    ];
    for (const shell of ["bash", "zsh", "fish"] as const) {
        it(`proposes commands, options, values and files in ${shell}`, async function () {
            need(this, shell);
            for (const [words, proposed] of rows) {
                assert.deepEqual(await SHELLS[shell]("zonekeeper", ...words), proposed, words.join(" "));
            }
        });
    }

    it("has every command in each script, and no half of a word as its description", async () => {
        for (const shell of ["bash", "zsh", "fish"] as const) {
            const out = await scriptFor(shell);
            for (const name of Object.keys(HELP)) assert.match(out, new RegExp(`\\b${name.split(" ").at(-1)}\\b`));
            assert.match(out, /confirm-removals/);
            assert.doesNotMatch(out, /Oktas|the port on 127'/);
        }
    });

    it("refuses another shell", async () => {
        const { status, err } = await call(["completion", "tcsh"]);
        assert.equal(status, 2);
        assert.match(err[0] ?? "", /Allowed choices are bash, zsh, fish/);
    });
});
