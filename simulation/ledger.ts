import { isDeepStrictEqual } from "node:util";
import { ledgerFiles, piecesOf } from "../src/agent/ledger/files";
import { type LeaderLedger, leaderLedgerOf } from "../src/agent/ledger/leaderLedger";
import { type LedgerOptions, openLedger } from "../src/agent/ledger/ledger";
import { readLine } from "../src/agent/ledger/line";
import { verifyLedger } from "../src/agent/ledger/verify";
import type { DiskUser, LedgerDisk } from "./ledgerDisk";
import type { WorldTime } from "./time";
import type { KeptLedger, Line } from "./trace";

/** The ledger of one agent: the real one, on the disk of the world. */
export interface WorldLedger {
    /** As one process writes it. */
    open(user: DiskUser, now: () => number): LeaderLedger;
    /** What is there, once nobody writes any more. */
    close(): Promise<KeptLedger>;
}

export interface WorldLedgerOptions extends Pick<LedgerOptions, "rotateBytes" | "keepFiles"> {
    readonly disk: LedgerDisk;
    readonly time: Pick<WorldTime, "now">;
    /** Puts a faulty part in place of a right one. */
    readonly spoil: (options: LedgerOptions) => LedgerOptions;
}

export function worldLedger({ disk, time, spoil, ...settings }: WorldLedgerOptions): WorldLedger {
    const [acknowledged, faults]: [Line[], string[]] = [[], []];

    /** Each time that it was mended after a crash, and at the end. */
    async function audit(): Promise<readonly Line[]> {
        for (const each of [disk.now, disk.archive]) {
            const { problem } = await verifyLedger(each);
            if (problem !== undefined) faults.push(`${problem.file}, line ${problem.line}: ${problem.message}`);
        }
        const lines = await linesOf(disk);
        const missing = firstMissing(lines, acknowledged);
        if (missing !== undefined)
            faults.push(`a line is missing that was kept at ${missing.atMs} ms: ${textOf(missing)}`);
        return lines;
    }

    return {
        open: (user, now) =>
            leaderLedgerOf(disk.open(user), async () => {
                const ledger = await openLedger(spoil({ disk: disk.open(user), now, ...settings }));
                await audit();
                return {
                    ...ledger,
                    async record(event) {
                        await ledger.record(event);
                        acknowledged.push({ atMs: time.now(), process: user.id, event });
                    },
                };
            }),
        async close() {
            disk.crash();
            await openLedger({ disk: disk.now, now: () => 0, ...settings }).catch(({ message }: Error) =>
                faults.push(message),
            );
            return { lines: await audit(), acknowledged, faults };
        },
    };
}

/** Every line that ever was on the disk to stay, in order. */
async function linesOf(disk: LedgerDisk): Promise<readonly Line[]> {
    const lines: Line[] = [];
    for (const file of await ledgerFiles(disk.archive)) {
        for await (const { bytes, start } of piecesOf(disk.archive, file)) {
            const line = readLine(bytes);
            if (typeof line !== "string") lines.push({ ...disk.writerOf(file, start), event: line.event });
        }
    }
    return lines;
}

/** The first line that is not there, or not after those that were kept before it. */
function firstMissing(lines: readonly Line[], acknowledged: readonly Line[]): Line | undefined {
    let at = 0;
    return acknowledged.find((line) => {
        const index = lines.findIndex(({ event }, place) => place >= at && isDeepStrictEqual(event, line.event));
        at = index + 1;
        return index < 0;
    });
}

function textOf({ event }: Line): string {
    return JSON.stringify(event).slice(0, 200);
}
