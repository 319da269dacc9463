import { strict as assert } from "node:assert";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type KnownZones, knownZonesFile } from "../../../src/agent/zones/knownZones";

describe("zonesSeenFile", () => {
    let folder: string;
    let path: string;
    beforeEach(async () => {
        folder = await mkdtemp(join(tmpdir(), "zonekeeper-"));
        path = join(folder, "zones.json");
    });
    afterEach(() => rm(folder, { recursive: true }));

    it("knows after a restart what was seen before, and nothing else", async () => {
        const seen = knownZonesFile(path, assert.fail);
        assert.equal(await seen.has("nzo1"), false);
        await seen.add("nzo1");
        await seen.add("nzo2");
        await seen.add("nzo1");
        assert.equal(await readFile(path, "utf8"), '["nzo1","nzo2"]\n');
        const later = knownZonesFile(path, assert.fail);
        assert.deepEqual([await later.has("nzo1"), await later.has("nzo3")], [true, false]);
        assert.deepEqual(await readdir(folder), ["zones.json"]);
    });

    it("tries again the next time what could not be kept", async () => {
        const nowhere = join(folder, "no-folder");
        const seen = knownZonesFile(join(nowhere, "zones.json"), assert.fail);
        assert.equal(await seen.has("nzo1"), false);
        await writeFile(nowhere, "a file where a folder should be");
        await seen.add("nzo1");
        assert.equal(await seen.has("nzo1"), false);
        await rm(nowhere);
        await seen.add("nzo1");
        assert.equal(await readFile(join(nowhere, "zones.json"), "utf8"), '["nzo1"]\n');
    });

    const broken: readonly (readonly [what: string, text: string])[] = [
        ["an empty file", ""],
        ["one that is cut off", '["nzo1","nz'],
        ["another document", '{"nzo1":true}'],
        ["a list of something else", "[7]"],
        ["null", "null"],
        ["no text at all", "\u0000\ufffd"],
    ];
    for (const [what, text] of broken) {
        it(`sets aside ${what}, says so, and begins anew`, async () => {
            await writeFile(path, text);
            const [told, seen] = opened();
            assert.equal(await seen.has("nzo1"), false);
            assert.deepEqual(told, [SET_ASIDE()]);
            assert.equal(await readFile(`${path}.unreadable`, "utf8"), text);
            await seen.add("nzo2");
            const [toldLater, later] = opened();
            assert.deepEqual([await later.has("nzo2"), toldLater], [true, []]);
        });
    }

    it("sets aside a folder of that name, and an earlier one that was set aside gives way", async () => {
        await mkdir(join(path, "x"), { recursive: true });
        await mkdir(join(`${path}.unreadable`, "y"), { recursive: true });
        const [told, seen] = opened();
        await seen.add("nzo1");
        assert.deepEqual([told, await readFile(path, "utf8")], [[SET_ASIDE()], '["nzo1"]\n']);
    });

    it("says that it cannot open the file", async () => {
        const path = join(folder, "a file", "zones.json");
        await writeFile(join(folder, "a file"), "");
        await assert.rejects(knownZonesFile(path, assert.fail).has("nzo1"), {
            code: "bad-input",
            message: /^cannot read .*: ENOTDIR/,
        });
    });

    const SET_ASIDE = () =>
        `${path} cannot be used and was set aside as ${path}.unreadable: a zone that is missing from now on counts as never seen`;

    function opened(): [string[], KnownZones] {
        const told: string[] = [];
        return [told, knownZonesFile(path, (sentence) => told.push(sentence))];
    }
});
