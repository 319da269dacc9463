import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import Mocha from "mocha";

import mochaOptions from "../.mocharc.json";

/** `npm test`: types, lint, then every test; the last line counts them. */
async function main(): Promise<number> {
    const broken = [check("tsc", ["--noEmit"]), check("biome", ["check", "--error-on-warnings"])].filter(
        (ok) => !ok,
    ).length;
    const { passes, failures } = await runTests();
    print(`${passes} passed, ${failures + broken} failed`);
    return failures + broken === 0 ? 0 : 1;
}

function check(command: string, args: readonly string[]): boolean {
    print(`${command} ${args.join(" ")}`);
    const bin = join("node_modules", ".bin", command);
    return spawnSync(bin, args, { stdio: "inherit", shell: process.platform === "win32" }).status === 0;
}

/** Files run side by side, one for each core; the tests of a file stay in their order. */
function runTests(): Promise<{ passes: number; failures: number }> {
    const mocha = new Mocha({ ...mochaOptions, forbidOnly: true, parallel: true, jobs: cpus().length });
    for (const file of readdirSync("test", { recursive: true, encoding: "utf8" }).sort()) {
        if (file.endsWith(".test.ts")) mocha.addFile(join("test", file));
    }
    return new Promise((resolve) => {
        const runner = mocha.run(() => resolve({ passes: 0, failures: 1, ...runner.stats }));
    });
}

function print(line: string): void {
    process.stdout.write(`${line}\n`);
}

main().then((status) => process.exit(status));
