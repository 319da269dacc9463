import type { Disk, DiskFile } from "../../../src/agent/ledger/disk";

/** A folder in memory that forgets, in a crash, what was not synced. */
export interface SimulatedDisk extends Disk {
    /** What is on it now, by name. */
    files(): Readonly<Record<string, string>>;
    /** Refuses everything that makes it larger, as a full disk does. */
    fill(isFull: boolean): void;
    /** What a machine finds that starts after a crash now. @param survives of what was not synced */
    crashed(survives: "nothing" | "everything" | "zeros"): SimulatedDisk;
}

interface Kept {
    bytes: Buffer;
    synced: Buffer;
}

export interface SimulatedDiskOptions {
    /** Is told before everything that changes it; each byte that is written counts as one thing. @default nobody */
    readonly onStep?: (disk: SimulatedDisk) => void;
    /** What is there. @default nothing */
    readonly files?: Readonly<Record<string, string>>;
}

export function simulatedDisk({ onStep, files = {} }: SimulatedDiskOptions = {}): SimulatedDisk {
    const named = new Map<string, Kept>();
    for (const [name, text] of Object.entries(files)) {
        named.set(name, { bytes: Buffer.from(text), synced: Buffer.from(text) });
    }
    let syncedNames = new Map(named);
    let isFull = false;

    const step = () => onStep?.(disk);
    const need = (name: string): Kept => {
        const kept = named.get(name);
        if (kept === undefined) throw Object.assign(new Error("ENOENT"), { code: "ENOENT", syscall: "open" });
        return kept;
    };
    function grow(): void {
        if (isFull) throw Object.assign(new Error("ENOSPC"), { code: "ENOSPC", syscall: "write" });
    }

    function fileOf(kept: Kept): DiskFile {
        return {
            async write(bytes, at) {
                if (onStep === undefined && !isFull) {
                    kept.bytes = written(kept.bytes, bytes, at);
                    return;
                }
                for (const [index, byte] of bytes.entries()) {
                    step();
                    if (index > bytes.length / 2) grow();
                    kept.bytes = written(kept.bytes, Buffer.from([byte]), at + index);
                }
            },
            async truncate(size) {
                step();
                kept.bytes = kept.bytes.subarray(0, size);
            },
            async sync() {
                step();
                kept.synced = kept.bytes;
            },
            async close() {},
        };
    }

    const disk: SimulatedDisk = {
        path: "/ledger",
        files: () => Object.fromEntries([...named].map(([name, { bytes }]) => [name, bytes.toString()])),
        fill: (full) => {
            isFull = full;
        },
        crashed(survives) {
            const names = survives === "nothing" ? syncedNames : named;
            const text = ({ bytes, synced }: Kept) => {
                if (survives === "everything") return bytes.toString();
                const lost = survives === "zeros" ? Math.max(0, bytes.length - synced.length) : 0;
                return synced.toString() + "\0".repeat(lost);
            };
            return simulatedDisk({ files: Object.fromEntries([...names].map(([name, kept]) => [name, text(kept)])) });
        },
        list: async () => [...named.keys()].reverse(),
        async *read(name, from = 0) {
            const { bytes } = need(name);
            for (let start = from; start < bytes.length; start += 100) yield bytes.subarray(start, start + 100);
        },
        size: async (name) => need(name).bytes.length,
        async open(name) {
            step();
            if (!named.has(name)) {
                grow();
                named.set(name, { bytes: Buffer.alloc(0), synced: Buffer.alloc(0) });
            }
            return fileOf(need(name));
        },
        async remove(name) {
            step();
            need(name);
            named.delete(name);
        },
        async sync() {
            step();
            syncedNames = new Map(named);
        },
    };
    return disk;
}

function written(file: Buffer, bytes: Uint8Array, at: number): Buffer {
    const before = file.subarray(0, at);
    const gap = Buffer.alloc(at - before.length);
    return Buffer.concat([before, gap, bytes, file.subarray(at + bytes.length)]);
}
