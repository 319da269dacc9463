import { strict as assert } from "node:assert";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { describeLife } from "../provider/life";
import { AGENTS } from "./agents";
import { type Installed, installPackage, ROOT } from "./install";
import { describeLints } from "./lints";
import { PROGRAM } from "./program";
import { problemsOf, TSCONFIGS } from "./typed";

/** The Pulumi entry, as interface.md promises it. */
const COMPONENTS = [
    "BlockedIpZone",
    "DefaultExemptIpZone",
    "GrantedAccess",
    "GrantedZone",
    "InZoneRule",
    "IpZone",
    "LegacyIpZone",
    "RangesZone",
    "ZoneMembership",
    "oktaRanges",
];

describe("the packed package, installed by npm in a folder of its own", () => {
    let installed: Installed;
    before(() => {
        installed = installPackage();
    });
    after(() => installed?.[Symbol.dispose]());

    const inPackage = (...path: string[]) => join(installed.folder, "node_modules", "zonekeeper", ...path);

    it("brings at most 90 packages and 30 MB, itself included", () => {
        const lock = JSON.parse(readFileSync(join(installed.folder, "package-lock.json"), "utf8"));
        const count = Object.keys(lock.packages).length - 1;
        const bytes = filesIn(join(installed.folder, "node_modules")).reduce(
            (sum, path) => sum + statSync(path).size,
            0,
        );
        assert.ok(count <= 90, `${count} packages`);
        assert.ok(bytes <= 30e6, `${bytes} bytes`);
    });

    it("starts nothing and prints nothing when it is imported", () => {
        const out = installed.module(
            `const before = process.getActiveResourcesInfo().length;
             const { explainChain } = await import("zonekeeper");
             console.log(typeof explainChain, process.getActiveResourcesInfo().length - before);`,
        );
        assert.equal(out, "function 0\n");
    });

    it("says which peers an entry needs", () => {
        const importing = (entry: string) =>
            installed.module(`await import("${entry}").catch(({ message, stack }) => console.log(message, stack));`);
        // The stack is what Node prints of an error that nothing catches: the sentence, and no line of ours.
        assert.match(
            importing("zonekeeper/pulumi"),
            /^(zonekeeper\/pulumi cannot be used: the package @pulumi\/pulumi is missing, the package @pulumi\/okta is missing; npm install "@pulumi\/pulumi@\^[\d.]+" "@pulumi\/okta@\^[\d.]+" \[ZK002\]) Error: \1\n$/,
        );
        assert.match(
            importing("zonekeeper/policies"),
            /^zonekeeper\/policies cannot be used: .*@pulumi\/policy is missing/,
        );
        assert.match(importing(inPackage("policy-pack/index.js")), /^zonekeeper\/policies cannot be used: /);
    });

    it("can be caught where it is refused, on the Node that npm itself runs on", () => {
        // Node 20 ends the process when CommonJS that a module imports throws.
        const file = join(installed.folder, "caught.mjs");
        const entries = ["pulumi", "policies", "provider"].map((name) => `zonekeeper/${name}`);
        writeFileSync(
            file,
            `for (const entry of ${JSON.stringify(entries)}) await import(entry).catch(({ code }) => console.log(entry, code));`,
        );
        const out = installed.run(process.env.npm_node_execpath ?? process.execPath, file);
        assert.equal(out, entries.map((entry) => `${entry} bad-input\n`).join(""));
    });

    it("is refused by every entry in one sentence on a Node that is too old, imported or required", () => {
        const old = `data:text/javascript,Object.defineProperty(process.versions, "node", { value: "18.20.8" });`;
        const entries = ["", "/pulumi", "/policies", "/emulator", "/provider"].map((name) => `zonekeeper${name}`);
        const out = installed.module(
            `import ${JSON.stringify(old)};
             import { createRequire } from "node:module";
             const require = createRequire(process.cwd() + "/index.js");
             for (const entry of ${JSON.stringify(entries)}) {
                 await import(entry).catch(({ stack }) => console.log(stack));
                 try { require(entry); } catch ({ stack }) { console.log(stack); }
             }`,
        );
        const sentence = "Error: zonekeeper needs Node 20.19 or later, and this is Node 18.20.8 [ZK002]\n";
        assert.equal(out, sentence.repeat(2 * entries.length));
    });

    it("has the command line", () => {
        const bin = join(installed.folder, "node_modules", ".bin", "zonekeeper");
        assert.equal(installed.run(bin, "--version"), `${require("../../package.json").version}\n`);
        const zone = { id: "nzo1", name: "Staff", type: "IP", gateways: [{ type: "CIDR", value: "203.0.113.7/32" }] };
        writeFileSync(join(installed.folder, "zone.json"), JSON.stringify(zone));
        const said = JSON.parse(
            installed.run(bin, "explain", "--zone", "zone.json", "--chain", "203.0.113.7", "--json"),
        );
        assert.equal(said.inside, true);
    });

    it("runs agents that lock their state on the Node that npm itself runs on", () => {
        const agents = join(installed.folder, "agents.mjs");
        writeFileSync(agents, AGENTS);
        const said = JSON.parse(installed.run(process.env.npm_node_execpath ?? process.execPath, agents));
        const events = ["first leader.gained", "first write.accepted", "first is killed", "second leader.gained"];
        assert.deepEqual(said, { inside: ["203.0.113.7/32"], events, status: 0 });
    });

    it("has the emulator, and reads a large document in a thread of its own", () => {
        const text = `import { startEmulator } from "zonekeeper/emulator";
            import { parseGrants } from "zonekeeper";
            const okta = await startEmulator({ port: 0, seed: { zones: [{ name: "Staff" }] } });
            okta.faults({ do: { status: 503 } });
            const ask = async () => (await fetch(okta.url + "/api/v1/zones", { headers: { authorization: "SSWS x" } })).status;
            const answers = [await ask(), await ask()];
            const requests = okta.requests().length;
            okta.reset();
            const entry = (n) => "  - { id: g" + n + ", ip: 203.0.113." + n + ", permanent: true }";
            const { grants } = await parseGrants("grants:\\n" + Array.from({ length: 200 }, (_, n) => entry(n)).join("\\n"));
            console.log(JSON.stringify([answers, requests, okta.requests().length, grants.length]));
            await okta.close();`;
        assert.deepEqual(JSON.parse(installed.module(text)), [[503, 200], 2, 0, 200]);
    });

    it("has every component, the same for CommonJS and ESM", () => {
        installed.addPulumi();
        const text = `import { createRequire } from "node:module";
            import * as components from "zonekeeper/pulumi";
            import { policies } from "zonekeeper/policies";
            const again = createRequire(process.cwd() + "/index.js")("zonekeeper/pulumi");
            const names = Object.keys(components);
            console.log(JSON.stringify([names, names.every((name) => components[name] === again[name]), policies.length]));`;
        const [names, isSame, policies] = JSON.parse(installed.module(text));
        assert.deepEqual([names.sort(), isSame, policies > 5], [COMPONENTS, true, true]);
    });

    it("has the stored providers by name, for CommonJS and ESM", () => {
        installed.addPulumi();
        const text = `import { createRequire } from "node:module";
            import { membership } from "zonekeeper/provider";
            import * as all from "zonekeeper/provider";
            const again = createRequire(process.cwd() + "/index.js")("zonekeeper/provider");
            console.log(JSON.stringify([typeof membership.check, again.membership === membership, Object.keys(all)]));`;
        const names = ["deletionGuard", "existing", "membership", "shards", "systemZone", "zoneSettings"];
        assert.deepEqual(JSON.parse(installed.module(text)), ["function", true, names]);
    });

    it("stores the same provider text as a checkout", () => {
        const ours = readFileSync(join(ROOT, "src/provider/lazyProvider.cjs"), "utf8");
        assert.equal(readFileSync(inPackage("dist/lazyProvider.cjs"), "utf8"), ours);
        assert.match(readFileSync(inPackage("dist/pulumi.js"), "utf8"), /require\("\.\/lazyProvider\.cjs"\)/);
    });

    it("has no letter beyond Latin-1 in a bundle: one of them doubles what the whole text takes in memory", () => {
        const bundles = filesIn(inPackage("dist")).filter((path) => /\.c?js$/.test(path));
        const wide = bundles.filter((path) => /[^\0-\xff]/.test(readFileSync(path, "utf8")));
        assert.ok(bundles.length > 20);
        assert.deepEqual(wide, []);
    });

    it("compiles with the older tsconfig of Pulumi's template, without skipLibCheck", () => {
        installed.addPulumi();
        writeFileSync(join(installed.folder, "index.ts"), PROGRAM);
        assert.deepEqual(problemsOf(installed.folder, "index.ts", TSCONFIGS["commonjs and node"]), []);
    });

    it("has no declaration that refers to a package besides Pulumi's", () => {
        const declared = filesIn(inPackage("dist")).filter((path) => /\.d\.m?ts$/.test(path));
        const named = declared.flatMap((path) =>
            [...readFileSync(path, "utf8").matchAll(/(?:from|import\(|require\()\s*"([^".][^"]*)"/g)].map(
                ([, name]) => name,
            ),
        );
        assert.deepEqual([...new Set(named)].sort(), ["@pulumi/okta/network/zone", "@pulumi/pulumi"]);
    });

    it("holds every file that its documents link to", () => {
        const documents = filesIn(inPackage()).filter((path) => path.endsWith(".md"));
        const broken = documents.flatMap((path) =>
            [...readFileSync(path, "utf8").matchAll(/\]\((?!\w+:|#)([^)#\s]+)/g)]
                .map(([, link = ""]) => join(dirname(path), link))
                .filter((target) => !statSync(target, { throwIfNoEntry: false })),
        );
        assert.deepEqual(broken, []);
    });

    for (const [template, tests] of Object.entries({ agent: 1, portal: 2 })) {
        it(`writes a project of the template ${template} whose own tests pass`, () => {
            const bin = join(installed.folder, "node_modules", ".bin", "zonekeeper");
            installed.run(bin, "init", template, "--template", template);
            const tap = installed.run("npm", "--prefix", template, "test", "--silent");
            assert.match(tap, new RegExp(`^# pass ${tests}$`, "m"));
        });
    }

    describeLints(() => ({ tarball: installed.tarball, folder: inPackage() }));
    describeLife("a program with the package", async () => {
        installed.addPulumi();
        return installed.folder;
    });
});

function filesIn(folder: string): string[] {
    const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
    return names
        .map((name) => join(folder, name))
        .filter((path) => statSync(path).isFile() && !path.includes("/@pulumi/"));
}
