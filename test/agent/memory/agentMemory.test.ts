import { strict as assert } from "node:assert";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { agentMemory } from "../../../src/agent/memory/agentMemory";
import type { MemoryStore } from "../../../src/core/membership/memory";
import { A, B, C, grant, NOW } from "../../support/grants";
import { remembered } from "../../support/remembered";

const [FIRST, SECOND, THIRD] = [remembered([grant(A)]), remembered([grant(B)]), remembered([grant(C)])];

describe("the memory of an agent", () => {
    let directory: string;
    let elapsedMs = 0;
    beforeEach(async () => {
        directory = await mkdtemp(join(tmpdir(), "zonekeeper-"));
    });
    afterEach(() => rm(directory, { recursive: true }));

    /** The folder as one process sees it, whose wall clock stands there. */
    function opened({ type = "postgres" as "postgres" | "file", nowMs = NOW, warnings = [] as string[] } = {}) {
        const leader = type === "file" ? { type } : { type, url: "env:LOCK_URL", key: 1 };
        return agentMemory({ state: "state", zones: ["nzo1"], leader } as Parameters<typeof agentMemory>[0], {
            directory,
            clock: { now: () => nowMs, elapsedMs: () => ++elapsedMs },
            onWarning: (sentence) => warnings.push(sentence),
        });
    }

    const known = async (store: MemoryStore) => (await store.read())?.memory.grants;

    it("is what was read last while another agent led", async () => {
        const store = opened();
        const copy = await store.write(FIRST);
        await store.writeStandby?.(SECOND, copy);
        assert.deepEqual(await known(opened()), SECOND.memory.grants);
        assert.equal((await opened().read())?.copy, copy);
    });

    it("is what was read while standing by where the agent has never led", async () => {
        await opened().writeStandby?.(SECOND, undefined);
        assert.deepEqual(await known(opened()), SECOND.memory.grants);
    });

    it("is what the agent knew that led since, whatever the clocks say", async () => {
        const store = opened();
        await store.writeStandby?.(SECOND, await store.write(FIRST));
        await opened({ nowMs: NOW - 3_600_000 }).write(THIRD);
        assert.deepEqual(await known(opened()), THIRD.memory.grants);
    });

    it("goes on from the copy of the agent that led since", async () => {
        const store = opened();
        await store.writeStandby?.(SECOND, await store.write(FIRST));
        await store.writeStandby?.(SECOND, await store.write(THIRD));
        assert.deepEqual(await known(opened()), SECOND.memory.grants);
    });

    it("is what the leader wrote where what was read while standing by is damaged, with a warning", async () => {
        const store = opened();
        await store.writeStandby?.(SECOND, await store.write(FIRST));
        await writeFile(join(directory, "state", "standby.json"), '{"format":2');
        const warnings: string[] = [];
        assert.deepEqual(await known(opened({ warnings })), FIRST.memory.grants);
        assert.match(warnings.join(), /standby\.json cannot be used \(it is cut off or damaged\)/);
    });

    it("has one file where agents share the folder by its lock file", async () => {
        const store = opened({ type: "file" });
        await store.write(FIRST);
        assert.equal(store.writeStandby, undefined);
        assert.deepEqual(await readdir(join(directory, "state")), ["grants.json"]);
    });
});
