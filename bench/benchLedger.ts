import { type Disk, folderDisk } from "../src/agent/ledger/disk";
import { openLedger } from "../src/agent/ledger/ledger";

/** A ledger as an agent has it, in a folder of its own, whose syncs are counted. */
export async function benchLedger(path: string) {
    let syncs = 0;
    const disk: Disk = folderDisk(path);
    const counting: Disk = {
        ...disk,
        async open(name) {
            const file = await disk.open(name);
            return {
                ...file,
                sync() {
                    syncs += 1;
                    return file.sync();
                },
            };
        },
    };
    const ledger = await openLedger({ disk: counting, now: Date.now, rotateBytes: 2 ** 30, keepFiles: 0 });
    return {
        record: ledger.record,
        /** How many there were so far. */
        syncs: () => syncs,
        [Symbol.asyncDispose]: () => ledger.close(),
    };
}

export type BenchLedger = Awaited<ReturnType<typeof benchLedger>>;
