import { once } from "node:events";
import { resolve } from "node:path";

import type { Disk } from "../agent/ledger/disk";
import { ledgerFiles } from "../agent/ledger/files";
import { ledgerDisk } from "../agent/ledger/folder";
import { CSV_HEADER, FORMATS, type Format, formatLine } from "../agent/ledger/formats";
import { followLines, readLines, type Told } from "../agent/ledger/read";
import { toldTail } from "../agent/ledger/tail";
import { type Verdict, verifyLedger } from "../agent/ledger/verify";
import { systemClock } from "../clock";
import { codeNamed } from "../core/errors/codes";
import { fail } from "../core/errors/errors";
import { fileProblem } from "../sources/file/fileProblem";
import { STATUS, type Terminal } from "./terminal/terminal";

export interface LedgerFlags {
    readonly state: string;
    readonly json?: boolean;
    readonly expect?: string;
    readonly lines?: string;
    readonly follow?: boolean;
    readonly from?: string;
    readonly to?: string;
    readonly format?: string;
}

/** How often the folder is looked at for more lines. */
const LOOK_MS = 500;

/** Verifies every line. The exit status is that of a failure if one was changed. */
export async function ledgerVerify({ state, expect, json }: LedgerFlags, terminal: Terminal): Promise<number> {
    if (expect !== undefined && !/^[0-9a-f]{64}$/i.test(expect)) {
        fail("bad-input", `--expect "${expect}" is not a hash, which has 64 digits from 0 to f`);
    }
    return reading(state, terminal, async (disk) => {
        const verdict = await verifyAtRest(disk, expect?.toLowerCase());
        const { problem } = verdict;
        terminal.out(json ? JSON.stringify({ ok: problem === undefined, ...verdict }) : describe(disk.path, verdict));
        return problem === undefined ? STATUS.done : STATUS.failed;
    });
}

/** Half a line at the end may be one that is being written; then it is whole a moment later. */
async function verifyAtRest(disk: Disk, expect: string | undefined): Promise<Verdict> {
    const verdict = await verifyLedger(disk, expect);
    if (verdict.problem?.kind !== "cut") return verdict;
    await systemClock.sleep(LOOK_MS, new AbortController().signal);
    return verifyLedger(disk, expect);
}

/** The last lines, and with `--follow` each one that comes, until the process is asked to end. */
export async function ledgerTail(flags: LedgerFlags, terminal: Terminal): Promise<number> {
    const format = formatOf(flags, "text");
    const count = countOf(flags.lines ?? "10");
    return reading(flags.state, terminal, async (disk) => {
        const last = await toldTail(disk, count);
        if (format === "csv") terminal.out(CSV_HEADER);
        for (const told of last) terminal.out(formatLine(told, format));
        if (flags.follow)
            await follow(disk, last.at(-1)?.line.seq ?? 0, (told) => terminal.out(formatLine(told, format)));
        return STATUS.done;
    });
}

async function follow(disk: Disk, seq: number, show: (told: Told) => void): Promise<void> {
    const end = new AbortController();
    const stop = () => end.abort();
    Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]).then(stop, stop);
    try {
        for await (const told of followLines(disk, seq, () => systemClock.sleep(LOOK_MS, end.signal))) show(told);
    } catch (error) {
        if (!end.signal.aborted) throw error;
    }
}

/** Every line of a span of time. The status is that of a failure where something in between is no line. */
export async function ledgerExport(flags: LedgerFlags, terminal: Terminal): Promise<number> {
    const format = formatOf(flags, "jsonl");
    const { from, to } = flags;
    const span = {
        ...(from !== undefined && { fromMs: momentOf("--from", from) }),
        ...(to !== undefined && { toMs: momentOf("--to", to) }),
    };
    return reading(flags.state, terminal, async (disk) => {
        let status: number = STATUS.done;
        const onBreak = ({ file, line }: { readonly file: string; readonly line: number }) => {
            status = STATUS.failed;
            terminal.err(
                `zonekeeper: ${file}, line ${line}, is not what was written and is left out [${codeNamed("ledger-broken").code}]`,
            );
        };
        if (format === "csv") terminal.out(CSV_HEADER);
        for await (const told of readLines(disk, { ...span, onBreak })) terminal.out(formatLine(told, format));
        return status;
    });
}

/** @throws `bad-input` where there is no ledger, or none that this user may read */
async function reading(state: string, { directory }: Terminal, work: (disk: Disk) => Promise<number>): Promise<number> {
    const disk = ledgerDisk(resolve(directory, state));
    try {
        if ((await ledgerFiles(disk)).length > 0) return await work(disk);
    } catch (cause) {
        const problem = fileProblem(cause);
        if (problem === undefined || (cause as { syscall?: string }).syscall === undefined) throw cause;
        fail("bad-input", `cannot read the ledger in ${disk.path}: ${problem}`, { cause });
    }
    return fail("bad-input", `there is no ledger in ${disk.path}; name the agent's state folder with --state`);
}

function describe(path: string, { files, lines, first, head, problem, expectedAt }: Verdict): string {
    if (problem === undefined) {
        const span =
            lines === 0 ? "no lines" : `lines ${first} to ${head.seq} in ${files} file${files === 1 ? "" : "s"}`;
        const expected = expectedAt === undefined ? "" : `\nLine ${expectedAt} has the expected hash.`;
        return `The ledger in ${path} is whole: ${span}.\nIts last hash is ${head.hash}.${expected}`;
    }
    return [
        `The ledger in ${path} is not what was written.`,
        `  ${problem.file}, line ${problem.line}: ${problem.message}`,
        lines === 0 ? "No line before it is whole." : `What is before it is whole, up to line ${head.seq}.`,
    ].join("\n");
}

function formatOf({ format, json }: LedgerFlags, usual: Format): Format {
    if (format === undefined) return json ? "jsonl" : usual;
    const found = FORMATS.find((each) => each === format);
    return found ?? fail("bad-input", `--format "${format}" is none of ${FORMATS.join(", ")}`);
}

function countOf(text: string): number {
    return /^\d{1,6}$/.test(text) ? Number(text) : fail("bad-input", `-n "${text}" is not a number of lines`);
}

function momentOf(flag: string, text: string): number {
    const isMoment = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(text);
    const ms = Date.parse(text);
    if (isMoment && !Number.isNaN(ms)) return ms;
    return fail(
        "bad-input",
        `${flag} "${text}" is not a moment such as 2026-12-01T09:00:00Z or a day such as 2026-12-01`,
    );
}
