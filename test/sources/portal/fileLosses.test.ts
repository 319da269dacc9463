import { strict as assert } from "node:assert";
import { copyFile, mkdtemp, readFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { systemClock } from "../../../src/clock";
import { restoredChanges } from "../../../src/core/portal/restored";
import { fileLog } from "../../../src/sources/portal/fileLog";
import { portalSource } from "../../../src/sources/portal/portalSource";
import { openPortalStore, type PortalStore } from "../../../src/sources/portal/portalStore";
import { storeMemoryFile } from "../../../src/sources/portal/storeMemory";
import { ANY, GRANT, HOUR, NOW, put } from "./contract";

/** What may happen to a file under those who have it open, and why they refuse it then. */
const LOSSES: Readonly<Record<string, readonly [lose: (path: string) => Promise<unknown>, why: RegExp]>> = {
    "is emptied in place": [(path) => truncate(path, 0), /it is empty or gone, and had 4 lines/],
    "is taken away": [(path) => rm(path), /it is empty or gone, and had 4 lines/],
    "loses its last line": [(path) => cut(path, 0, -1), /it has lost its lines 4 to 4/],
    "loses its last line, and is another file": [(path) => cutAnew(path, 0, -1), /it has lost its lines 4 to 4/],
    "loses its first line": [(path) => cut(path, 1), /its first line is none that a portal wrote there/],
    "loses a line in between": [(path) => cutOut(path, 1), /its line 2 is none that a portal wrote there/],
    "is written over with as many bytes": [
        async (path) => writeFile(path, (await readFile(path, "utf8")).replaceAll("payroll", "PAYROLL")),
        /its line 2 is none that a portal wrote there/,
    ],
    "is another store": [
        async (path) => {
            await rm(path);
            const other = openPortalStore(fileLog({ path, sleep: systemClock.sleep }), () => NOW + 1);
            for (const id of ["o1", "o2", "o3", "o4"]) await put(other, { ...GRANT, id });
        },
        /it is another store than the one that was read before/,
    ],
    "is an older copy, and somebody without a memory went on with it": [
        async (path) => {
            await cutAnew(path, 0, -1);
            const other = openPortalStore(fileLog({ path, sleep: systemClock.sleep }), () => NOW + 1);
            for (const id of ["o1", "o2"]) await put(other, { ...GRANT, id });
        },
        /its line 4 is not the one that was read before/,
    ],
};

describe("a portal's store in a file that", () => {
    let directory: string;
    let [path, copy] = ["", ""];
    const open = (name?: string) =>
        openPortalStore(
            fileLog({ path, sleep: systemClock.sleep }),
            () => NOW,
            name === undefined ? undefined : storeMemoryFile(join(directory, name)),
        );

    beforeEach(async () => {
        directory = await mkdtemp(join(tmpdir(), "zonekeeper-store-"));
        [path, copy] = [join(directory, "portal.jsonl"), join(directory, "backup.jsonl")];
    });

    afterEach(() => rm(directory, { recursive: true }));

    /** Two live grants of which one is ended after the backup; read and remembered by all. */
    const prepared = async (stores: readonly PortalStore[]) => {
        const [first] = stores as [PortalStore];
        await put(first, GRANT);
        await put(first, { ...GRANT, id: "g2" });
        await copyFile(path, copy);
        await put(first, { ...GRANT, id: "g2", endedAtMs: NOW, endedBecause: "revoked by Adam" });
        for (const store of stores) await store.read(ANY);
    };

    for (const [what, [lose, why]] of Object.entries(LOSSES)) {
        it(`${what} is refused: by who has it open, after a restart, and for writing`, async () => {
            const [portal, agent] = [open("portal.json"), open("agent.json")];
            await prepared([portal, agent]);
            await agent.close();
            await lose(path);
            const restarted = open("agent.json");
            for (const store of [portal, restarted]) {
                await assert.rejects(store.read(ANY), (error: Error & { code?: string }) => {
                    assert.equal(error.code, "source-unreadable");
                    assert.match(error.message, why);
                    assert.match(error.message, /--accept-store/);
                    return true;
                });
            }
            const before = await readFile(path, "utf8").catch(() => "none");
            await assert.rejects(put(portal, { ...GRANT, id: "g9" }), why);
            assert.equal(await readFile(path, "utf8").catch(() => "none"), before);
        });
    }

    it("has a long last line whose beginning is written over is refused by who has it open", async () => {
        const portal = open("portal.json");
        await put(portal, { ...GRANT, reason: "x".repeat(5_000) });
        await portal.read(ANY);
        const text = await readFile(path, "utf8");
        await writeFile(path, text.replace(/^2 .{4}/m, "2 AAAA"));
        await assert.rejects(portal.read(ANY), /its line 2 is none that a portal wrote there/);
    });

    it("comes back as it was counts again without a restart", async () => {
        const portal = open("portal.json");
        await prepared([portal]);
        const whole = await readFile(path);
        await truncate(path, 0);
        await assert.rejects(portal.read(ANY), /empty or gone/);
        await writeFile(path, whole);
        assert.equal((await portal.read(ANY)).grants.size, 2);
        await put(portal, { ...GRANT, id: "g3" });
        assert.equal((await open().read(ANY)).grants.size, 3);
    });

    it("was written anew by another process counts", async () => {
        const [portal, agent] = [open("portal.json"), open("agent.json")];
        await prepared([portal, agent]);
        const touch = () =>
            portal.transact(() => ({ changes: [["used", "k", { untilMs: NOW + HOUR }]], result: undefined }));
        await Promise.all(Array.from({ length: 20_010 }, touch));
        assert.match(await readFile(path, "utf8"), /^\d{5} /, "it begins with a later line");
        assert.equal((await agent.read(ANY)).grants.size, 2);
        assert.equal((await open("agent.json").read(ANY)).grants.size, 2);
    }).timeout(30_000);

    for (const [how, restore] of Object.entries<() => Promise<unknown>>({
        "restored in place": () => copyFile(copy, path),
        "restored by a rename": () => rename(copy, path),
    })) {
        it(`was ${how} counts once it is accepted, for all who have it open, and what was ended stays ended`, async () => {
            const [portal, agent] = [open("portal.json"), open("agent.json")];
            await prepared([portal, agent]);
            await portal.close();
            await restore();
            await assert.rejects(agent.read(ANY), /it has lost its lines 4 to 4/);
            const command = open("portal.json");
            await command.accept((state, endedGrants) => restoredChanges(state, endedGrants, NOW));
            for (const store of [portal, agent, open("agent.json"), open()]) {
                const { grants } = await store.read(ANY);
                assert.deepEqual(
                    [...grants.values()].map(({ id, endedBecause }) => [id, endedBecause]),
                    [
                        ["g1", undefined],
                        ["g2", "it was ended before the portal's store was restored"],
                    ],
                );
            }
            await put(agent, { ...GRANT, id: "g3" });
            assert.equal((await portal.read(ANY)).grants.size, 3);
        });
    }

    it("was accepted by somebody who remembers nothing still lets nobody back in at an agent that does", async () => {
        const agent = open("agent.json");
        await prepared([agent]);
        await agent.close();
        await copyFile(copy, path);
        await open().accept((state, endedGrants) => restoredChanges(state, endedGrants, NOW));
        const source = portalSource({
            store: open("agent.json"),
            limits: { widestPrefix: 24, allowUnroutable: false },
            now: () => NOW,
        });
        const { grants, named } = await source.read(ANY);
        assert.deepEqual([grants.map(({ id }) => id), [...(named?.removed ?? [])]], [["g1"], ["g2"]]);
    });

    it("was lost can be begun anew, and goes on where agents have it open", async () => {
        const [portal, agent] = [open("portal.json"), open("agent.json")];
        await prepared([portal, agent]);
        await rm(path);
        await assert.rejects(agent.read(ANY), /empty or gone/);
        await open("portal.json").accept(() => []);
        assert.deepEqual([(await agent.read(ANY)).grants.size, (await portal.read(ANY)).grants.size], [0, 0]);
    });
});

async function cut(path: string, ...range: readonly [number, number?]): Promise<void> {
    const lines = (await readFile(path, "utf8")).split("\n").slice(0, -1);
    await writeFile(
        path,
        lines
            .slice(...range)
            .map((line) => `${line}\n`)
            .join(""),
    );
}

async function cutAnew(path: string, ...range: readonly [number, number?]): Promise<void> {
    await copyFile(path, `${path}.new`);
    await cut(`${path}.new`, ...range);
    await rename(`${path}.new`, path);
}

async function cutOut(path: string, at: number): Promise<void> {
    const lines = (await readFile(path, "utf8")).split("\n");
    await writeFile(path, lines.filter((_, index) => index !== at).join("\n"));
}
