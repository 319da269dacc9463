import { strict as assert } from "node:assert";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";

const RUN = "node_modules/@pulumi/pulumi/cmd/run/run.js";
const TRACING = "node_modules/@pulumi/pulumi/cmd/run/tracing.js";
const TS_NODE = "node_modules/@pulumi/pulumi/vendor/ts-node@7.0.1/index.js";

/** As source-map-support does it, but every frame that is looked up is marked. */
const MARKS = `exports.VERSION = "7.0.1";
exports.register = (options) => {
    Error.prepareStackTrace = (error, frames) =>
        ["Error: " + error.message, ...frames.map((frame) => (frame.isNative() ? frame : "looked up " + frame))].join("\\n");
    return options;
};`;

describe("the preload of the package, in the process of a program", () => {
    let directory: string;
    beforeEach(async () => {
        directory = await mkdtemp(join(tmpdir(), "zonekeeper-preload-"));
    });
    afterEach(() => rm(directory, { recursive: true, force: true }));

    /** Writes the files, and runs Pulumi's start as the preload sees it. */
    async function start(files: Readonly<Record<string, string>>, args: readonly string[] = [], env = {}) {
        for (const [path, text] of Object.entries(files)) {
            await mkdir(join(directory, dirname(path)), { recursive: true });
            await writeFile(join(directory, path), text);
        }
        const preload = resolve("lazyModules.cjs");
        const { stdout } = await promisify(execFile)(process.execPath, ["--require", preload, RUN, ...args], {
            cwd: directory,
            env: { PATH: process.env.PATH, ...env },
        });
        return stdout.trim().split("\n");
    }

    describe("the libraries of a trace", () => {
        const files = {
            [TRACING]: `console.log("loaded"); exports.newSpan = (name) => ({ end: () => console.log("end of", name) });
                exports.start = (url) => console.log("trace to", url);`,
            [RUN]: `const tracing = require("./tracing");
                const early = tracing.newSpan("early");
                early.setAttribute("a", 1).addEvent("b");
                early.end();
                Promise.resolve(early).then((span) => console.log(span === early));
                if (process.env.STARTS) { tracing.start("url"); tracing.newSpan("late").end(); }`,
        };

        it("are not loaded for a run that nobody traces", async () => {
            assert.deepEqual(await start(files), ["true"]);
        });
        it("are loaded at once for --tracing and for a trace of the CLI", async () => {
            const real = { ...files, [RUN]: `require("./tracing").newSpan("a").end();` };
            assert.deepEqual(await start(real, ["--tracing=http://127.0.0.1"]), ["loaded", "end of a"]);
            assert.deepEqual(await start(real, [], { TRACEPARENT: "00-1-2-01" }), ["loaded", "end of a"]);
        });
        it("are used for every span once something starts a trace", async () => {
            const said = ["loaded", "trace to url", "end of late", "true"];
            assert.deepEqual(await start(files, [], { STARTS: "1" }), said);
        });
    });

    it("looks up the frames of the program, and not those of packages and of Node", async () => {
        const said = await start({
            [TS_NODE]: MARKS,
            "node_modules/some/index.js": `module.exports = function inPackage(run) { return run(); };`,
            "index.js": `module.exports = function inProgram() { return require("some")(function inner() { return new Error("a").stack; }); };`,
            [RUN]: `const tsNode = require(require("path").join(__dirname, "../../vendor/ts-node@7.0.1"));
                console.log(tsNode.VERSION, tsNode.register("options"));
                console.log(require("../../../../../index.js")());`,
        });
        const [version, message, ...frames] = said;
        assert.deepEqual([version, message], ["7.0.1 options", "Error: a"]);
        const named = frames.map((frame) => frame.replace(/ \(.*| \/.*|Object\./g, ""));
        assert.deepEqual(named.slice(0, 3), ["looked up inner", "inPackage", "looked up inProgram"]);
        assert.ok(
            frames.some((frame) => /^Module\._load|^.*node:internal/.test(frame)),
            frames.join(),
        );
        assert.deepEqual(
            frames.filter((frame) => /^looked up .*node(_modules|:)/.test(frame)),
            [],
        );
    });

    it("leaves the traces of others as they are", async () => {
        const said = await start({
            [TS_NODE]: `exports.register = () => {};`,
            [RUN]: `require("../../vendor/ts-node@7.0.1").register();
                Error.prepareStackTrace = (_, frames) => frames;
                console.log(new Error("a").stack[0].getFileName() === __filename);`,
        });
        assert.deepEqual(said, ["true"]);
    });
});
