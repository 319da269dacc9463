import { strict as assert } from "node:assert";
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Snapshot } from "../../../src/agent/keeping/grantsInForce";
import { snapshotFile } from "../../../src/agent/keeping/snapshotFile";
import { A, B, C, grant, NOW } from "../../support/grants";

describe("snapshotFile", () => {
    let folder: string;
    beforeEach(async () => {
        folder = await mkdtemp(join(tmpdir(), "zonekeeper-"));
    });
    afterEach(() => rm(folder, { recursive: true }));

    const SNAPSHOT: Snapshot = {
        source: "file grants.yaml",
        readAtMs: NOW + 7,
        grants: [
            grant([A, C], 60, { id: "g1", user: "ana@example.com", reason: "INC-1", labels: { app: "payroll" } }),
            grant("198.51.100.1-198.51.100.6", 60, { id: "g2", startsAtMs: NOW + 5 }),
            { id: "g3", spans: grant(B).spans, labels: {} },
        ],
    };

    it("gives back what it was given, in a folder that it makes for its owner alone", async () => {
        const path = join(folder, "state", "grants.json");
        await snapshotFile(path).write(SNAPSHOT);
        assert.deepEqual(await snapshotFile(path).read(), SNAPSHOT);
        assert.equal((await stat(path)).mode & 0o777, 0o600);
        assert.equal((await stat(join(folder, "state"))).mode & 0o777, 0o700);
    });

    it("keeps the very same grants again, in whatever order, and others beside them", async () => {
        const store = snapshotFile(join(folder, "grants.json"));
        await store.write(SNAPSHOT);
        const [first, second, third] = SNAPSHOT.grants;
        const grants = [third, grant(B), second, { ...first, user: "mia@example.com" }] as Snapshot["grants"];
        await store.write({ ...SNAPSHOT, grants });
        assert.deepEqual(await store.read(), { ...SNAPSHOT, grants });
    });

    it("replaces what was there, and leaves no draft behind", async () => {
        const store = snapshotFile(join(folder, "grants.json"));
        await store.write(SNAPSHOT);
        await store.write({ source: "memory", readAtMs: NOW, grants: [] });
        assert.deepEqual(await store.read(), { source: "memory", readAtMs: NOW, grants: [] });
        assert.deepEqual(await readdir(folder), ["grants.json"]);
    });

    it("has none where there is no file", async () => {
        assert.equal(await snapshotFile(join(folder, "grants.json")).read(), undefined);
    });

    for (const text of ["", "{", "[]", '{"grants":[]}', '{"readAt":"2026-12-01T12:00:00Z"}']) {
        it(`does not take ${JSON.stringify(text)} for no grants`, async () => {
            const path = join(folder, "grants.json");
            await writeFile(path, text);
            await assert.rejects(snapshotFile(path).read(), { code: "bad-input", message: /remove it/ });
        });
    }
});
