import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";

import { lazyProvider, type ProviderName } from "../../src/provider/lazyProvider.cjs";

/** Of the text that is stored for each. Where it changes, the next `up` updates every resource of every stack. */
const HASHES: Readonly<Record<ProviderName, string>> = {
    membership: "b264b39ccb6886ad19df5f4fd58143dfccf85ce1de23813b426fb2dd4ff13c41",
    zoneSettings: "4d604d13c101d9557cf2dfabf624de4be7ad8d4395b190eb2c477e1f71b28bdd",
    shards: "bede3d19a8f8a92a44c1c3890ed7af68870fa1daf8e5c40f1c5c73b3e9505284",
    farewell: "d50c1ae3babeca80f3c883b3f960a33e272c1c5cdc0440a263a7a724e77b3b21",
    systemZone: "c7dbbc158fc52bad825e3833adf04a7668b7ccff4f5359dc245698fdcc1f1749",
    existing: "d95fa5162c7f34542b323d6292d2a22c325fbbaa37de7cbbc1ae45e4b9c0630e",
};

const NAMES = Object.keys(HASHES) as readonly ProviderName[];

describe("lazyProvider", () => {
    for (const what of NAMES) {
        it(`is stored as a short text that captures nothing but its name: ${what}`, async () => {
            const text = await stored(what);
            assert.ok(text.length < 3200, `${text.length} characters`);
            const captured = [...text.matchAll(/with\(\{ (.*) \}\)/g)].flatMap(([, list = ""]) => list.split(", "));
            const names = captured.map((each) => each.split(":")[0]);
            assert.deepEqual([...new Set(names)].sort(), ["arguments", "open", "provider", "this", "what"]);
            assert.ok(captured.includes(`what: "${what}"`));
        });

        it(`is stored as the same text as before: ${what}`, async () => {
            assert.equal(hashOf(await stored(what)), HASHES[what]);
        });

        it(`opens a provider with every method: ${what}`, () => {
            const { provider } = require(`../../src/provider/${what}`);
            assert.deepEqual(Object.keys(lazyProvider(what)).sort(), Object.keys(provider).sort());
        });
    }

    it("fails in one sentence in a program that does not list the package", () => {
        const directory = mkdtempSync(join(tmpdir(), "zonekeeper-"));
        try {
            copyFileSync(join(__dirname, "../../src/provider/lazyProvider.cjs"), join(directory, "stored.cjs"));
            const call = 'require("./stored.cjs").lazyProvider("membership").check({}, {})';
            const text = `try { ${call}; } catch ({ message, stack }) { console.log(message, stack); }`;
            const { stdout } = spawnSync(process.execPath, ["--eval", text], { cwd: directory, encoding: "utf8" });
            assert.match(
                stdout,
                /^the package zonekeeper is not in the node_modules of .*: list it in the package\.json there, as npm install zonekeeper does \[ZK002\] \n$/,
            );
        } finally {
            rmSync(directory, { recursive: true });
        }
    });

    it("has a name for each that a checkout opens, and no other", () => {
        assert.deepEqual(
            Object.keys(Object.getOwnPropertyDescriptors(require("../../src/provider/entries.cjs"))).sort(),
            [...NAMES].sort(),
        );
    });
});

/** As Pulumi's class of dynamic resources writes it out. */
async function stored(what: ProviderName): Promise<string> {
    const provider = lazyProvider(what);
    return (await pulumi.runtime.serializeFunction(() => provider, { allowSecrets: true })).text;
}

function hashOf(text: string): string {
    return createHash("sha256").update(text).digest("hex");
}
