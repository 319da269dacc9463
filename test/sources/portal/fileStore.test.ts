import { strict as assert } from "node:assert";
import { appendFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { systemClock } from "../../../src/clock";
import type { ChangeLog } from "../../../src/sources/portal/changeLog";
import { fileLog } from "../../../src/sources/portal/fileLog";
import { fileReports } from "../../../src/sources/portal/fileReports";
import { openPortalStore } from "../../../src/sources/portal/portalStore";
import { ANY, GRANT, NOW, put, testPortalStore } from "./contract";

describe("the portal's store in a file", () => {
    testPortalStore(async () => {
        const directory = await mkdtemp(join(tmpdir(), "zonekeeper-store-"));
        const options = { path: join(directory, "portal.jsonl"), sleep: systemClock.sleep };
        return {
            log: () => fileLog(options),
            reports: () => fileReports(options),
            [Symbol.asyncDispose]: () => rm(directory, { recursive: true }),
        };
    });

    it("leaves out what a crash left half written, and cuts it off with the next change", async () => {
        const directory = await mkdtemp(join(tmpdir(), "zonekeeper-store-"));
        const path = join(directory, "portal.jsonl");
        const open = () => openPortalStore(fileLog({ path, sleep: systemClock.sleep }), () => NOW);
        await put(open(), GRANT);
        await appendFile(path, '[["grants","g2",{"id":');
        const store = open();
        assert.deepEqual([...(await store.read(ANY)).grants.keys()], ["g1"]);
        await put(store, { ...GRANT, id: "g3" });
        assert.deepEqual([...(await open().read(ANY)).grants.keys()], ["g1", "g3"]);
        assert.equal((await readFile(path, "utf8")).split("\n").length, 4);
        await rm(directory, { recursive: true });
    });

    it("forgets what it decided where that could not be written", async () => {
        const directory = await mkdtemp(join(tmpdir(), "zonekeeper-store-"));
        const log = fileLog({ path: join(directory, "portal.jsonl"), sleep: systemClock.sleep });
        let isBroken = true;
        const breaking: ChangeLog = {
            ...log,
            append: (position, decide) =>
                log.append(position, (news) => {
                    const addition = decide(news);
                    if (isBroken) throw new Error("the disk is full");
                    return addition;
                }),
        };
        const store = openPortalStore(breaking, () => NOW);
        await assert.rejects(put(store, GRANT), /the disk is full/);
        assert.equal((await store.read(ANY)).grants.size, 0);
        isBroken = false;
        await put(store, { ...GRANT, id: "g2" });
        assert.deepEqual([...(await store.read(ANY)).grants.keys()], ["g2"]);
        await rm(directory, { recursive: true });
    });

    it("says which file cannot be read, and that a line is none of a portal's", async () => {
        const directory = await mkdtemp(join(tmpdir(), "zonekeeper-store-"));
        const path = join(directory, "portal.jsonl");
        await appendFile(path, "junk\n");
        const store = openPortalStore(fileLog({ path, sleep: systemClock.sleep }), () => NOW);
        await assert.rejects(
            store.read(ANY),
            /portal\.jsonl: its first line is none that a portal wrote there; put a whole copy in its place/,
        );
        const folder = openPortalStore(fileLog({ path: directory, sleep: systemClock.sleep }), () => NOW);
        await assert.rejects(
            folder.read(ANY),
            (error: Error & { code?: string }) => error.code === "source-unreadable",
        );
        await rm(directory, { recursive: true });
    });
});
