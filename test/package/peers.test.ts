import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { join } from "node:path";

import { ROOT } from "./install";

const PEERS = join(ROOT, "package/peers.cjs");
const BIN = join(ROOT, "bin/zonekeeper.cjs");

interface Versions {
    /** Of Node. @default the one that runs the tests */
    readonly node?: string;
    /** Of @pulumi/pulumi; undefined: it is missing. */
    readonly pulumi?: string;
}

/** Runs a file of the package as if these versions were there, and gives what it says before it has done anything. */
function said(text: string, { node, pulumi }: Versions): string {
    const pretended = [
        node === undefined ? "" : `Object.defineProperty(process.versions, "node", { value: "${node}" });`,
        `const Module = require("node:module"); const load = Module._load;
        Module._load = (request, ...rest) => {
            if (request !== "@pulumi/pulumi/package.json") return load(request, ...rest);
            const version = ${JSON.stringify(pulumi ?? null)};
            if (version === null) throw Object.assign(new Error("missing"), { code: "MODULE_NOT_FOUND" });
            return { version, engines: { node: ">=22" } };
        };`,
    ];
    const { stdout, stderr } = spawnSync(process.execPath, ["--eval", `${pretended.join("")}${text}`], {
        encoding: "utf8",
    });
    return stdout + stderr;
}

describe("what is too old or missing", () => {
    const REMEDY = /; npm install "@pulumi\/pulumi@\^[\d.]+" \[ZK002\]\n$/;
    const peers: readonly [title: string, versions: Versions, says: RegExp][] = [
        ["a peer that is missing", {}, /^zonekeeper\/pulumi cannot be used: the package @pulumi\/pulumi is missing;/],
        ["a peer of an older major version", { pulumi: "2.9.0" }, /: @pulumi\/pulumi 2\.9\.0 is too old;/],
        ["a peer of an older minor version", { pulumi: "3.9.10" }, /: @pulumi\/pulumi 3\.9\.10 is too old;/],
        ["a peer of a newer major version", { pulumi: "4.0.0" }, /: @pulumi\/pulumi 4\.0\.0 is too new;/],
    ];
    for (const [title, versions, says] of peers) {
        it(`is said in one sentence: ${title}`, () => {
            const text = `try { require(${JSON.stringify(PEERS)})("zonekeeper/pulumi", ["@pulumi/pulumi"]) }
                catch ({ message, stack }) {
                    console.log(stack === "Error: " + message ? message : stack);
                }`;
            const message = said(text, versions);
            assert.match(message, says);
            assert.match(message, REMEDY);
        });
    }

    it("accepts a peer of the version that it was made with", () => {
        const { devDependencies } = require("../../package.json");
        const version = devDependencies["@pulumi/pulumi"].slice(1);
        const text = `require(${JSON.stringify(PEERS)})("zonekeeper/pulumi", ["@pulumi/pulumi"]); console.log("fine")`;
        assert.equal(said(text, { pulumi: version }), "fine\n");
    });

    it("is said in one sentence: a Node that is too old for a peer", () => {
        const text = `try { require(${JSON.stringify(PEERS)})("zonekeeper/pulumi", ["@pulumi/pulumi"]) }
            catch ({ message }) { console.log(message) }`;
        assert.equal(
            said(text, { node: "20.20.2", pulumi: "3.300.0" }),
            "zonekeeper/pulumi needs Node 22 or later for @pulumi/pulumi 3.300.0, and this is Node 20.20.2 [ZK002]\n",
        );
    });

    for (const node of ["18.20.8", "20.18.3"]) {
        it(`is said in one sentence: Node ${node}`, () => {
            assert.equal(
                said(`process.argv.splice(1, 0, ""); require(${JSON.stringify(BIN)})`, { node }),
                `zonekeeper: Node ${node} is too old: install Node 20.19 or later [ZK002]\n`,
            );
            const text = `try { require(${JSON.stringify(PEERS)})("zonekeeper/pulumi", []) } catch ({ message }) { console.log(message) }`;
            assert.equal(
                said(text, { node }),
                `zonekeeper needs Node 20.19 or later, and this is Node ${node} [ZK002]\n`,
            );
        });
    }
});
