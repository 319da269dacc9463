import { strict as assert } from "node:assert";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { readProject, readStackConfig } from "../../rehearsal/project";

describe("readProject", () => {
    let folder: string;
    beforeEach(async () => {
        folder = await mkdtemp(join(tmpdir(), "rehearsal-"));
    });
    afterEach(() => rm(folder, { recursive: true }));

    const write = (name: string, text: string) => writeFile(join(folder, name), text);

    it("reads name, arguments of node and whether to refresh", async () => {
        await write(
            "Pulumi.yaml",
            'name: zones\nmain: index.ts\nruntime: { name: nodejs, options: { nodeargs: "--require  ./a.cjs" } }\noptions: { refresh: always }',
        );
        assert.deepEqual(await readProject(folder), {
            name: "zones",
            nodeArgs: ["--require", "./a.cjs"],
            main: "index.ts",
            refreshes: true,
        });
    });

    it("reads the short form", async () => {
        await write("Pulumi.yaml", "name: zones\nruntime: nodejs");
        assert.deepEqual(await readProject(folder), { name: "zones", nodeArgs: [], main: ".", refreshes: false });
    });

    const wrong: [text: string, message: RegExp][] = [
        ["name: zones\nruntime: nodejs\nmain: src/", /Pulumi\.yaml: main is not supported: name a file of this folder/],
        ["name: zones\nruntime: go", /Pulumi\.yaml: runtime /],
        ["runtime: nodejs", /Pulumi\.yaml: name /],
        ["a: [", /^cannot read .*Pulumi\.yaml: /],
    ];
    for (const [text, message] of wrong) {
        it(`refuses ${JSON.stringify(text)}`, async () => {
            await write("Pulumi.yaml", text);
            await assert.rejects(readProject(folder), { code: "bad-input", message });
        });
    }

    it("says which file is missing", async () => {
        await assert.rejects(readProject(folder), { message: /^cannot read .*Pulumi\.yaml: ENOENT/ });
    });

    it("reads a stack's configuration as texts", async () => {
        await write(
            "Pulumi.dev.yaml",
            "config:\n  z:name: staff\n  z:shards: 2\n  z:source: { type: file }\n  z:on: true",
        );
        assert.deepEqual(await readStackConfig(folder, "dev"), {
            "z:name": "staff",
            "z:shards": "2",
            "z:source": '{"type":"file"}',
            "z:on": "true",
        });
    });

    it("takes a stack without a file for one without configuration", async () => {
        assert.deepEqual(await readStackConfig(folder, "dev"), {});
    });

    it("refuses what Pulumi has encrypted", async () => {
        await write("Pulumi.dev.yaml", "config:\n  okta:apiToken:\n    secure: v1:abc");
        await assert.rejects(readStackConfig(folder, "dev"), {
            code: "bad-input",
            message:
                /Pulumi\.dev\.yaml: okta:apiToken was encrypted by Pulumi, which a rehearsal cannot undo; pass it as a secret$/,
        });
    });
});
