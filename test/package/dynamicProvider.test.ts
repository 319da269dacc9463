import { strict as assert } from "node:assert";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";

const FOLDER = resolve("templates/pulumi/dynamic-provider");
const START = join(FOLDER, "start.cjs");

const SAYS = {
    pulumi: ["@pulumi/pulumi/cmd/dynamic-provider/index.js", `console.log("Pulumi", process.argv[2]);`],
    preload: ["zonekeeper/index.js", `console.log("preload");`],
    older: ["zonekeeper/package.json", `{ "exports": "./index.js" }`],
    present: ["zonekeeper/package.json", `{ "exports": { "./preload": "./index.js" } }`],
} as const;

describe("the process of dynamic resources", () => {
    let directory: string;
    beforeEach(async () => {
        directory = await mkdtemp(join(tmpdir(), "zonekeeper-process-"));
    });
    afterEach(() => rm(directory, { recursive: true, force: true }));

    async function start(...parts: readonly (keyof typeof SAYS)[]): Promise<string> {
        for (const [path, text] of parts.map((part) => SAYS[part])) {
            const file = join(directory, "node_modules", path);
            await mkdir(dirname(file), { recursive: true });
            await writeFile(file, text);
        }
        const { stdout } = await promisify(execFile)(process.execPath, [START, "127.0.0.1:1"], { cwd: directory });
        return stdout;
    }

    it("loads what makes Pulumi's start quicker, then Pulumi's own with its arguments", async () => {
        assert.equal(await start("pulumi", "preload", "present"), "preload\nPulumi 127.0.0.1:1\n");
    });
    it("is Pulumi's own before the packages are complete", async () => {
        assert.equal(await start("pulumi"), "Pulumi 127.0.0.1:1\n");
    });
    it("is Pulumi's own with a version of the package that has no preload", async () => {
        assert.equal(await start("pulumi", "preload", "older"), "Pulumi 127.0.0.1:1\n");
    });

    it("answers with its port, and has loaded neither a compiler nor a package manager", async () => {
        const listing = `
            process.argv.splice(1, 1, "start.cjs");
            require(${JSON.stringify(START)});
            const heavy = Object.keys(require.cache).filter((path) => /[\\\\/](typescript|arborist)[\\\\/]/.test(path));
            console.log(heavy.length, "heavy");`;
        const child = spawn(process.execPath, ["--eval", listing, "start.cjs", "127.0.0.1:1"]);
        try {
            let text = "";
            for await (const chunk of child.stdout) {
                text += chunk;
                if (/^\d+ heavy\n\d+\n$/.test(text)) break;
            }
            assert.match(text, /^0 heavy\n\d+\n$/);
        } finally {
            child.kill();
            await once(child, "exit");
        }
    });

    it("is a program that Pulumi can start", async function () {
        if (process.platform === "win32") return this.skip();
        assert.equal((await stat(join(FOLDER, "pulumi-resource-pulumi-nodejs"))).mode & 0o111, 0o111);
    });
});
