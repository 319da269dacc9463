import { strict as assert } from "node:assert";

import { openLedger } from "../../../src/agent/ledger/ledger";
import { readTail } from "../../../src/agent/ledger/tail";
import { verifyLedger } from "../../../src/agent/ledger/verify";
import { intended, NOON, stoppedFor } from "./events";
import { type SimulatedDisk, simulatedDisk } from "./simulatedDisk";

/** What a machine finds after a crash, and what had been acknowledged by then. */
interface Crash {
    readonly disk: SimulatedDisk;
    readonly acknowledged: readonly string[];
}

type Survives = Parameters<SimulatedDisk["crashed"]>[0];

describe("a ledger on a machine that stops before any step, each byte being one", () => {
    for (const [keepFiles, survives, atLeast] of [
        [0, "nothing", 7],
        [0, "everything", 1500],
        [2, "nothing", 9],
        [2, "everything", 1500],
        [2, "zeros", 1500],
    ] as const) {
        it(`keeps what it acknowledged: keepFiles ${keepFiles}; of what was not synced, ${survives} is left`, async () => {
            const crashes = await crashesOf(keepFiles, survives);
            assert.ok(crashes.length >= atLeast, String(crashes.length));
            for (const crash of crashes) await checkAfter(crash, keepFiles);
        });
    }
});

/**
 * Lives once, in two sittings, and crashes at every step. Each file has a line or
 * two, so that files are begun and removed all the time; one write stays open.
 */
async function crashesOf(keepFiles: number, survives: Survives): Promise<readonly Crash[]> {
    const crashes = new Map<string, Crash>();
    const acknowledged: string[] = [];
    const crash = (disk: SimulatedDisk) => {
        const left = disk.crashed(survives);
        crashes.set(JSON.stringify([left.files(), acknowledged]), { disk: left, acknowledged: [...acknowledged] });
    };
    const disk = simulatedDisk({ onStep: crash });
    for (const sitting of ["a", "b"]) {
        const ledger = await open(disk, keepFiles);
        const record = async (name: string) => {
            await ledger.record(name === "w1" ? intended(name) : stoppedFor(name));
            acknowledged.push(name);
        };
        await record(sitting === "a" ? "w1" : "b0");
        await record(`${sitting}1`);
        await Promise.all([record(`${sitting}2`), record(`${sitting}3`)]);
        await ledger.close();
    }
    crash(disk);
    return [...crashes.values()];
}

/** The chain holds, nothing acknowledged is missing, the open write is known, and the next line finds its place. */
async function checkAfter({ disk, acknowledged }: Crash, keepFiles: number): Promise<void> {
    const left = JSON.stringify(disk.files());
    const ledger = await open(disk, keepFiles);
    const found = await namesOn(disk);
    const gone = keepFiles === 0 ? 0 : Math.max(0, acknowledged.indexOf(found[0] ?? ""));
    const kept = acknowledged.slice(gone);
    assert.deepEqual(found.slice(0, kept.length), kept, left);
    assert.ok(found.length <= kept.length + 2, left);
    if (acknowledged.includes("w1")) assert.deepEqual(ledger.unsettledWrites(), [intended("w1")], left);
    await ledger.record(stoppedFor("after"));
    await ledger.close();
    assert.equal((await namesOn(disk)).at(-1), "after", left);
    assert.equal((await verifyLedger(disk)).problem, undefined, left);
}

function open(disk: SimulatedDisk, keepFiles: number) {
    return openLedger({ disk, now: () => NOON, rotateBytes: 500, keepFiles });
}

async function namesOn(disk: SimulatedDisk): Promise<readonly string[]> {
    const lines = await readTail(disk, 1000);
    return lines.flatMap(({ event }) => {
        if (event.type === "write.intended") return [event.write];
        return event.type === "agent.stopped" ? [event.why] : [];
    });
}
