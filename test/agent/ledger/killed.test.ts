import { strict as assert } from "node:assert";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { ledgerDisk, openFolderLedger } from "../../../src/agent/ledger/folder";
import { readTail } from "../../../src/agent/ledger/tail";
import { verifyLedger } from "../../../src/agent/ledger/verify";
import { start } from "../../support/run";
import { ONE_FILE, stoppedFor } from "./events";

describe("a ledger of a process that is killed", () => {
    it("has what was acknowledged, and goes on, time after time", async () => {
        const state = await mkdtemp(join(tmpdir(), "zonekeeper-"));
        try {
            const acknowledged: string[] = [];
            for (let life = 0; life < 3; life++) {
                const recorder = start(["--require", "./tsx.cjs", join(__dirname, "recorder.ts"), state]);
                // Somewhere in the middle of it: as soon as so much is acknowledged.
                await new Promise<void>((resolve) => {
                    let seen = 0;
                    recorder.child.stdout?.on("data", (chunk: Buffer) => {
                        seen += chunk.length;
                        if (seen > 100) resolve();
                    });
                });
                recorder.child.kill("SIGKILL");
                const { stdout } = await recorder.ended;
                acknowledged.push(...stdout.split("\n").slice(0, -1));
                const disk = ledgerDisk(state);
                const lines = await readTail(disk, 100_000);
                const whys = lines.flatMap(({ event }) => (event.type === "agent.stopped" ? [event.why] : []));
                assert.ok(acknowledged.length > 30 * (life + 1));
                const kept = whys.filter((why) => !why.startsWith("life"));
                assert.deepEqual(missingIn(kept, acknowledged), []);
                const ledger = await openFolderLedger({ state, ...ONE_FILE });
                await ledger.record(stoppedFor(`life ${life}`));
                await ledger.close();
                const { problem, lines: count } = await verifyLedger(disk);
                assert.equal(problem, undefined);
                assert.ok(count > acknowledged.length);
            }
        } finally {
            await rm(state, { recursive: true });
        }
    });
});

/** What was acknowledged more often than it is there: each life counts from 0 again. */
function missingIn(kept: readonly string[], acknowledged: readonly string[]): readonly string[] {
    const left = new Map<string, number>();
    for (const why of kept) left.set(why, (left.get(why) ?? 0) + 1);
    return acknowledged.filter((why) => {
        const count = left.get(why) ?? 0;
        left.set(why, count - 1);
        return count < 1;
    });
}
