import { type ChildProcess, spawn } from "node:child_process";
import { watch } from "node:fs";
import { join } from "node:path";

import { readImports, testsTouchedBy } from "./imports";

/** Editors write a file in several steps; the last one counts. */
const SETTLED_MS = 200;

/** More files than this are left to `npm test`. */
const MOST_FILES = 40;

/** `npm run test:watch`: runs the tests that a change touches, each time a file is saved, until it is stopped. */
function main(root: string): void {
    const changed = new Set<string>();
    let running: ChildProcess | undefined;
    let timer: NodeJS.Timeout | undefined;

    function run(): void {
        const imports = readImports(root);
        const files = [...new Set([...changed].flatMap((file) => testsTouchedBy(file, imports)))];
        changed.clear();
        if (files.length === 0) return;
        if (files.length > MOST_FILES) {
            print(`${files.length} test files are touched: run npm test for them`);
            return;
        }
        running?.kill();
        print(`\n${files.join(" ")}`);
        const args = ["--require", "./tsx.cjs", "scripts/test/main.ts", ...files];
        running = spawn(process.execPath, args, { cwd: root, stdio: "inherit" });
    }

    print("watching: save a file to run the tests that it touches; ^C ends");
    watch(root, { recursive: true }, (_, name) => {
        if (name === null || !/\.(ts|cjs|mjs)$/.test(name) || /(^|[\\/])(node_modules|dist|\.git)([\\/]|$)/.test(name))
            return;
        changed.add(name);
        clearTimeout(timer);
        timer = setTimeout(run, SETTLED_MS);
    });
}

function print(line: string): void {
    process.stdout.write(`${line}\n`);
}

main(join(__dirname, "../.."));
