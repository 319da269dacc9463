import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";

import { lazyProvider, type ProviderName, storedText } from "../../src/provider/lazyProvider.cjs";
import { declared } from "../support/declared";

/** Of the text that is stored for each. Where it changes, the next `up` updates every resource of every stack. */
const HASHES: Readonly<Record<ProviderName, string>> = {
    membership: "5776a54feac10e7225c09bea339b0f76f3c25e83b00d338039c48478177ad82b",
    zoneSettings: "305b5c8545b2741962a932d14d81fd688bf28ebbe5ac6f2271de83e5df8ee073",
    shards: "0a647389d0411dfc86c6489fd7b978878892d75d4565eab8318f5fe7de6a9870",
    deletionGuard: "a1dfe748fd6918f1e113530063105fe277d310563675c5066114aacbb2444a3c",
    systemZone: "5168f89cd1d7400bb58a99289677520b9c92b7921d4df3f08a78093a52067fb2",
    existing: "0af99cd0883aa5669b07cc1c03a1f1be6404b5825ad625c77dbb9002f26d59c4",
};

const NAMES = Object.keys(HASHES) as readonly ProviderName[];

describe("lazyProvider", () => {
    for (const what of NAMES) {
        it(`is stored as a short text that captures nothing but its name: ${what}`, () => {
            const text = storedText(what);
            assert.ok(text.length < 3200, `${text.length} characters`);
            const captured = [...text.matchAll(/with\(\{ (.*) \}\)/g)].flatMap(([, list = ""]) => list.split(", "));
            const names = captured.map((each) => each.split(":")[0]);
            assert.deepEqual([...new Set(names)].sort(), ["arguments", "open", "provider", "this", "what"]);
            assert.ok(captured.includes(`what: "${what}"`));
        });

        it(`is stored as the same text as before: ${what}`, () => {
            assert.equal(hashOf(storedText(what)), HASHES[what]);
        });

        it(`is stored as Pulumi would write it: ${what}`, async () => {
            assert.equal(storedText(what), await writtenByPulumi(what));
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

class Written extends pulumi.dynamic.Resource {}

/** What Pulumi's own class for dynamic resources stores. */
async function writtenByPulumi(what: ProviderName): Promise<unknown> {
    const { resources } = await declared(() => {
        new Written(lazyProvider(what), "any", {});
    });
    return resources[0]?.inputs.__provider;
}

function hashOf(text: string): string {
    return createHash("sha256").update(text).digest("hex");
}
