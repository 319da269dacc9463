import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { describeLife } from "../../provider/life";
import { PEERS, packed, RELEASE } from "./packed";

/** What installs packages into node_modules. Yarn's Plug'n'Play is not supported. */
const MANAGERS: Readonly<Record<string, readonly string[]>> = {
    npm: ["npm", "install", "--no-audit", "--no-fund", "--loglevel=error"],
    pnpm: ["npx", "--yes", "pnpm@10", "add"],
    yarn: ["npx", "--yes", "yarn@1.22.22", "add", "--silent"],
    "yarn 4": ["npx", "--yes", "@yarnpkg/cli-dist@4", "add"],
};

/** Yarn 4 writes Plug'n'Play unless told otherwise, and in CI refuses to write a lock file. */
const YARN_4 = {
    YARN_NODE_LINKER: "node-modules",
    YARN_ENABLE_IMMUTABLE_INSTALLS: "false",
    YARN_ENABLE_TELEMETRY: "false",
};

for (const [name, [command = "", ...args]] of Object.entries(MANAGERS)) {
    describe(`a program that ${name} installed the package for`, () => {
        let folder: string;
        before(() => {
            folder = join(dirname(packed().tarball), name.replace(" ", "-"));
            mkdirSync(folder);
            writeFileSync(join(folder, "package.json"), '{ "name": "mine", "version": "1.0.0", "private": true }');
            execFileSync(command, [...args, packed().tarball, ...PEERS], {
                cwd: folder,
                stdio: "ignore",
                env: { ...RELEASE, ...YARN_4 },
            });
        });

        const node = (...words: string[]) =>
            execFileSync(process.execPath, words, { cwd: folder, encoding: "utf8", env: RELEASE });

        it("has the command line", () => {
            const { version } = require("../../../package.json");
            assert.equal(node("node_modules/zonekeeper/bin/zonekeeper.cjs", "--version"), `${version}\n`);
            assert.match(node("node_modules/zonekeeper/bin/zonekeeper.cjs", "sync", "--help"), /^Usage: /);
        });

        it("has one Pulumi for the components and the program", () => {
            const text = `const { IpZone } = require("zonekeeper/pulumi");
                const pulumi = require("@pulumi/pulumi");
                console.log(IpZone.prototype instanceof pulumi.ComponentResource);`;
            assert.equal(node("--eval", text), "true\n");
        });

        describeLife(`a program of ${name}`, async () => folder);
    });
}
