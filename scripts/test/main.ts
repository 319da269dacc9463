import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import Mocha from "mocha";

import mochaOptions from "../../.mocharc.json";

/** `npm test`: types, lint, then every test; `npm test -- FILE…`: just the tests of these files. The last line counts them. */
async function main(files: readonly string[]): Promise<number> {
    const missing = files.filter((file) => !existsSync(file));
    if (missing.length > 0) {
        print(
            `npm test: there is no file ${missing.join(", ")}; name test files, such as test/core/addresses/ip.test.ts`,
        );
        return 2;
    }
    const broken = files.length > 0 ? 0 : brokenChecks();
    const { passes, failures } = await runTests(files.length > 0 ? files : allTests());
    print(`${passes} passed, ${failures + broken} failed`);
    return failures + broken === 0 ? 0 : 1;
}

function brokenChecks(): number {
    return [check("tsc", ["--noEmit"]), check("biome", ["check", "--error-on-warnings"])].filter((ok) => !ok).length;
}

function check(command: string, args: readonly string[]): boolean {
    print(`${command} ${args.join(" ")}`);
    const bin = join("node_modules", ".bin", command);
    return spawnSync(bin, args, { stdio: "inherit", shell: process.platform === "win32" }).status === 0;
}

function allTests(): readonly string[] {
    return readdirSync("test", { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".test.ts"))
        .sort()
        .map((file) => join("test", file));
}

/** Files run side by side, one for each core; the tests of a file stay in their order. */
function runTests(files: readonly string[]): Promise<{ passes: number; failures: number }> {
    const parallel = files.length > 1 ? { parallel: true, jobs: cpus().length } : {};
    const mocha = new Mocha({ ...mochaOptions, forbidOnly: true, ...parallel });
    for (const file of files) mocha.addFile(file);
    return new Promise((resolve) => {
        const runner = mocha.run(() => resolve({ passes: 0, failures: 1, ...runner.stats }));
    });
}

function print(line: string): void {
    process.stdout.write(`${line}\n`);
}

void main(process.argv.slice(2)).then((status) => process.exit(status));
