import type { Disk, DiskFile } from "../src/agent/ledger/disk";
import type { Random } from "./random";
import type { WorldTime } from "./time";

/** A folder for a ledger, on a disk that can be full or broken, of a machine that can lose its power. */
export interface LedgerDisk {
    /** As one process sees it: nothing goes on once that is dead. */
    open(user: DiskUser): Disk;
    /** The power goes: of what was not synced some, all or nothing is left. */
    crash(): void;
    /** Its process dies in a sync: in the next one, or after so many. */
    killAfter(syncs: number): void;
    /** What is on it now, for the laws: takes no simulated time, and always works. */
    readonly now: Disk;
    /** The same with the oldest files that were removed. */
    readonly archive: Disk;
    /** Who wrote the byte at this place of a file last, as far as the archive has it, and when. */
    writerOf(file: string, at: number): { readonly process: number; readonly atMs: number };
}

export interface DiskUser {
    readonly id: number;
    readonly death: AbortSignal;
    die(): void;
}

/** What a disk says to each call that would change it; undefined while it works. */
export type DiskState = "full" | "failing" | undefined;

/** The longest that it takes until something is synced. */
export const SYNC_MS = 5;

interface Kept {
    bytes: Buffer;
    /** What a power failure leaves in any case. */
    synced: Buffer;
    /** From where on the next sync has something to do. */
    dirtyFrom: number;
    readonly pieces: { readonly at: number; readonly end: number; readonly atMs: number; readonly process: number }[];
}

/** A name that came or went, in the order in which a journal keeps them: what is lost of it is lost from the end. */
type NameChange = readonly [name: string, kept: Kept | undefined];

export function ledgerDisk(time: WorldTime, random: Random, state: () => DiskState): LedgerDisk {
    let named = new Map<string, Kept>();
    const gone = new Map<string, Kept>();
    const synced = new Map<string, Kept>();
    let changes: NameChange[] = [];
    let syncsLeft = Infinity;

    function change(name: string, kept: Kept | undefined): void {
        changes.push([name, kept]);
        if (kept === undefined) named.delete(name);
        else named.set(name, kept);
    }

    function settle(count: number): void {
        for (const [name, kept] of changes.slice(0, count)) {
            if (kept === undefined) synced.delete(name);
            else synced.set(name, kept);
        }
        changes = [];
    }

    function check(what: "grow" | "change"): void {
        if (state() === "failing") refuse("EIO", "write");
        if (state() === "full" && what === "grow") refuse("ENOSPC", "write");
    }

    function fileOf(kept: Kept, { process, now, soon }: Way): DiskFile {
        return {
            write: (bytes, at) =>
                now(() => {
                    // A disk that becomes full takes what it has room for.
                    const room = state() === undefined ? bytes.length : random.between(0, bytes.length - 1);
                    put(kept, bytes.subarray(0, room), at, process);
                    check("grow");
                }),
            truncate: (size) =>
                now(() => {
                    check("change");
                    kept.bytes = kept.bytes.subarray(0, size);
                    kept.dirtyFrom = Math.min(kept.dirtyFrom, size);
                }),
            sync: () => soon(() => sync(kept)),
            close: () => now(() => {}),
        };
    }

    function put(kept: Kept, bytes: Uint8Array, at: number, process: number): void {
        const gap = Buffer.alloc(Math.max(0, at - kept.bytes.length));
        kept.bytes = Buffer.concat([kept.bytes.subarray(0, at), gap, bytes, kept.bytes.subarray(at + bytes.length)]);
        kept.dirtyFrom = Math.min(kept.dirtyFrom, at);
        kept.pieces.push({ at, end: at + bytes.length, atMs: time.now(), process });
    }

    /** After a sync that failed, the next one has nothing to do, and what was to be synced may be lost all the same: Linux. */
    function sync(kept: Kept): void {
        const from = kept.dirtyFrom;
        kept.dirtyFrom = Infinity;
        check("change");
        if (from === Infinity) return;
        const before = Buffer.alloc(Math.min(from, kept.bytes.length));
        kept.synced.copy(before);
        kept.synced = Buffer.concat([before, kept.bytes.subarray(before.length)]);
    }

    /** What is left of a file: all, what was synced, or that and a part, zeros, or a hole and what is behind it. */
    function survivor({ bytes, synced }: Kept): Buffer {
        if (bytes.equals(synced)) return bytes;
        const rest = bytes.subarray(synced.length);
        const part = random.between(0, rest.length);
        const zeros = Buffer.alloc(part);
        const ways = [
            () => bytes,
            () => synced,
            () => Buffer.concat([synced, rest.subarray(0, part)]),
            () => Buffer.concat([synced, zeros]),
            () => Buffer.concat([synced, zeros, rest.subarray(part)]),
        ];
        return random.pick(ways)();
    }

    function folder(files: () => ReadonlyMap<string, Kept>, way: Way): Disk {
        const { now, soon } = way;
        const need = (name: string) => files().get(name) ?? refuse("ENOENT", "open");
        return {
            path: "the world's ledger",
            list: () => now(() => [...files().keys()]),
            async *read(name, from = 0) {
                yield await now(() => need(name).bytes.subarray(from));
            },
            size: (name) => now(() => need(name).bytes.length),
            open: (name) =>
                now(() => {
                    if (!files().has(name)) {
                        check("grow");
                        change(name, { bytes: NOTHING, synced: NOTHING, dirtyFrom: Infinity, pieces: [] });
                    }
                    return fileOf(need(name), way);
                }),
            remove: (name) =>
                now(() => {
                    check("change");
                    const kept = need(name);
                    const isOldest = named.size > 1 && [...named.keys()].every((other) => other >= name);
                    if (isOldest) gone.set(name, kept);
                    change(name, undefined);
                }),
            sync: () =>
                soon(() => {
                    check("change");
                    settle(changes.length);
                }),
        };
    }

    const all = () => new Map([...gone, ...named]);
    return {
        open: ({ id, death, die }) => {
            const now = whileAlive(death);
            const soon = async (work: () => void) => {
                const [before, after] = [random.between(0, SYNC_MS / 2), random.between(0, SYNC_MS / 2)];
                await time.sleep(before);
                if (!death.aborted && --syncsLeft < 0) {
                    syncsLeft = Infinity;
                    die();
                }
                await now(work);
                await time.sleep(after);
            };
            return folder(() => named, { process: id, now, soon });
        },
        now: folder(() => named, AT_ONCE),
        archive: folder(all, AT_ONCE),
        crash() {
            settle(changes.length === 0 ? 0 : random.between(0, changes.length));
            for (const kept of synced.values()) {
                kept.bytes = survivor(kept);
                kept.synced = kept.bytes;
                kept.dirtyFrom = Infinity;
            }
            named = new Map(synced);
        },
        killAfter(syncs) {
            syncsLeft = syncs;
        },
        writerOf(file, at) {
            const pieces = all().get(file)?.pieces ?? [];
            return pieces.findLast((piece) => piece.at <= at && at < piece.end) ?? NOBODY;
        },
    };
}

const NOTHING = Buffer.alloc(0);
const NOBODY = { process: -1, atMs: -Infinity };

/** How a folder is used: by whom, what happens at once, and what is synced after a while. */
interface Way {
    readonly process: number;
    now<T>(work: () => T): Promise<T>;
    soon(work: () => void): Promise<void>;
}

const AT_ONCE: Way = { process: -1, now: async (work) => work(), soon: async (work) => work() };

function refuse(code: string, syscall: string): never {
    throw Object.assign(new Error(code), { code, syscall });
}

/** Does nothing and never ends once the process is dead. */
function whileAlive(death: AbortSignal): Way["now"] {
    return (work) =>
        new Promise((resolve, reject) => {
            if (death.aborted) return;
            try {
                resolve(work());
            } catch (error) {
                reject(error);
            }
        });
}
