import { strict as assert } from "node:assert";
import { exec, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
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

    /** What a version of Pulumi's SDK may do with a module that is loaded late; the module is a class with a property. */
    const USES: Readonly<Record<string, string>> = {
        "calls it": "late().text === 'called'",
        "constructs it": "new late() instanceof late.Late",
        "reads a part of it": "late.part === 1",
        "looks for a part of it": "'part' in late && !('other' in late)",
        "lists its parts": "Object.keys(late).join() === 'part,Late'",
        "copies its parts": "({ ...late }).part === 1",
        "takes it for the default of an ES module": "late.default.part === 1",
        "changes a part of it":
            "((late.part = 2), require.cache[require.resolve('normalize-package-data')].exports.part === 2)",
    };
    it("may use a late module in every way that another version of the SDK does", async () => {
        const late = `function Late() { return new.target ? this : { text: "called" }; }
            module.exports = Object.assign(Late, { part: 1, Late });`;
        const uses = Object.entries(USES).map(([name, use]) => `${JSON.stringify(name)}: ${use}`);
        const text = `const late = require("normalize-package-data");
            const before = Object.keys(require.cache).some((path) => path.includes("normalize-package-data"));
            console.log(JSON.stringify({ "is loaded at once": before, ${uses.join(", ")} }));`;
        const files = { "@pulumi/pulumi/index.js": text, "normalize-package-data/index.js": late };
        for (const [path, content] of Object.entries(files)) {
            await mkdir(join(directory, "node_modules", dirname(path)), { recursive: true });
            await writeFile(join(directory, "node_modules", path), content);
        }
        const args = ["--require", resolve("lazyModules.cjs"), "--eval", 'require("@pulumi/pulumi")'];
        const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: directory });
        const all = Object.fromEntries(Object.keys(USES).map((name) => [name, true]));
        assert.deepEqual(JSON.parse(stdout), { "is loaded at once": false, ...all });
    });

    it("starts without the folder for what V8 compiled", async () => {
        await mkdir(join(directory, "node_modules"), { recursive: true });
        await writeFile(join(directory, "node_modules", ".cache"), "a file, so that no folder can be made");
        const args = ["--require", resolve("lazyModules.cjs"), "--eval", 'console.log("starts")'];
        const said = await promisify(execFile)(process.execPath, args, { cwd: directory });
        assert.deepEqual(said, { stdout: "starts\n", stderr: "" });
    });

    it("can be started by Pulumi after npm install, also where a copy of the project lost the modes of its files", async function () {
        if (process.platform === "win32") return this.skip();
        const { scripts } = JSON.parse(await readFile(join(FOLDER, "../package.json"), "utf8"));
        await cp(FOLDER, join(directory, "dynamic-provider"), { recursive: true });
        const program = join(directory, "dynamic-provider/pulumi-resource-pulumi-nodejs");
        await chmod(program, 0o644);
        await promisify(exec)(scripts.postinstall, { cwd: directory });
        assert.equal((await stat(program)).mode & 0o777, 0o755);
        await rm(dirname(program), { recursive: true });
        await promisify(exec)(scripts.postinstall, { cwd: directory });
    });

    it("is started by cmd.exe from a folder with spaces and &, with all arguments, and no line of its own", async () => {
        const text = await readFile(join(FOLDER, "pulumi-resource-pulumi-nodejs.cmd"), "utf8");
        // Pulumi takes the first line of the output for the port. %~dp0 is the folder of this file and ends in a backslash.
        assert.equal(text, '@echo off\r\nnode "%~dp0start.cjs" %*\r\n');
    });

    it("is a program that Pulumi can start", async function () {
        if (process.platform === "win32") return this.skip();
        assert.equal((await stat(join(FOLDER, "pulumi-resource-pulumi-nodejs"))).mode & 0o111, 0o111);
    });
});
