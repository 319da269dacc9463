import { strict as assert } from "node:assert";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { zonesSeenFile } from "../../../src/agent/keeping/zonesSeen";

describe("zonesSeenFile", () => {
    let folder: string;
    let path: string;
    beforeEach(async () => {
        folder = await mkdtemp(join(tmpdir(), "zonekeeper-"));
        path = join(folder, "zones.json");
    });
    afterEach(() => rm(folder, { recursive: true }));

    it("knows after a restart what was seen before, and nothing else", async () => {
        const seen = zonesSeenFile(path);
        assert.equal(await seen.has("nzo1"), false);
        await seen.add("nzo1");
        await seen.add("nzo2");
        await seen.add("nzo1");
        assert.equal(await readFile(path, "utf8"), '["nzo1","nzo2"]\n');
        const later = zonesSeenFile(path);
        assert.deepEqual([await later.has("nzo1"), await later.has("nzo3")], [true, false]);
        assert.deepEqual(await readdir(folder), ["zones.json"]);
    });

    it("tries again the next time what could not be kept", async () => {
        const nowhere = join(folder, "no-folder");
        const seen = zonesSeenFile(join(nowhere, "zones.json"));
        assert.equal(await seen.has("nzo1"), false);
        await writeFile(nowhere, "a file where a folder should be");
        await seen.add("nzo1");
        assert.equal(await seen.has("nzo1"), false);
        await rm(nowhere);
        await seen.add("nzo1");
        assert.equal(await readFile(join(nowhere, "zones.json"), "utf8"), '["nzo1"]\n');
    });

    for (const text of ["", "{", "7", "null"]) {
        it(`does not take ${JSON.stringify(text)} for no zones`, async () => {
            await writeFile(path, text);
            await assert.rejects(zonesSeenFile(path).has("nzo1"), {
                code: "bad-input",
                message: `${path} is not what the agent wrote: remove it, and it is made anew`,
            });
        });
    }

    it("says that it cannot read the file", async () => {
        await assert.rejects(zonesSeenFile(folder).has("nzo1"), {
            code: "bad-input",
            message: `cannot read ${folder}: EISDIR: illegal operation on a directory, read`,
        });
    });
});
