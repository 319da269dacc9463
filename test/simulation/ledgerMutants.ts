import type { Disk, DiskFile } from "../../src/agent/ledger/disk";
import type { LedgerOptions } from "../../src/agent/ledger/ledger";
import type { Wrong } from "./mutants";

/** Ways in which a ledger could be wrong, as far as the disk below it reaches. */
export const LEDGER_MUTANTS: Readonly<Record<string, Wrong>> = {
    "syncs no line": {
        law: "losesNoLine",
        from: 1,
        spoilLedger: (options) => files(options, () => ({ sync: async () => {} })),
    },
    "does not wait until a line is synced": {
        law: "losesNoLine",
        from: 5,
        spoilLedger: (options) =>
            files(options, ({ sync }) => ({
                async sync() {
                    sync().catch(() => {});
                },
            })),
    },
    "syncs no name of a file": {
        law: "losesNoLine",
        from: 1,
        spoilLedger: (options) => folder(options, () => ({ sync: async () => {} })),
    },
    "begins its chain anew each time it is opened": {
        law: "losesNoLine",
        from: 1,
        spoilLedger: (options) => {
            let isOpening = true;
            return folder(options, ({ list }) => ({
                async list() {
                    if (!isOpening) return list();
                    isOpening = false;
                    return [];
                },
            }));
        },
    },
    "cuts off the line before a torn one": {
        law: "losesNoLine",
        from: 5,
        spoilLedger: (options) =>
            folder(options, ({ read }) => ({
                async *read(name, from) {
                    for await (const bytes of read(name, from)) {
                        const end = bytes.lastIndexOf(NEWLINE);
                        const isTorn = end >= 0 && end < bytes.length - 1;
                        const before = bytes.lastIndexOf(NEWLINE, end - 1);
                        yield isTorn ? Buffer.concat([bytes.subarray(0, before + 1), bytes.subarray(end + 1)]) : bytes;
                    }
                },
            })),
    },
    "removes one file too many": {
        law: "losesNoLine",
        from: 1,
        spoilLedger: (options) =>
            folder(options, ({ list, remove }) => ({
                async remove(name) {
                    await remove(name);
                    const [oldest] = [...(await list())].sort();
                    if (oldest !== undefined) await remove(oldest);
                },
            })),
    },
};

const NEWLINE = 0x0a;

function folder(options: LedgerOptions, change: (disk: Disk) => Partial<Disk>): LedgerOptions {
    return { ...options, disk: { ...options.disk, ...change(options.disk) } };
}

function files(options: LedgerOptions, change: (file: DiskFile) => Partial<DiskFile>): LedgerOptions {
    return folder(options, ({ open }) => ({
        async open(name) {
            const file = await open(name);
            return { ...file, ...change(file) };
        },
    }));
}
