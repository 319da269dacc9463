import { resolve } from "node:path";

import type { TaggedEvent } from "../agent/events/events";
import { sentenceOf } from "../agent/events/sentence";
import type { Disk } from "../agent/ledger/disk";
import { ledgerFiles } from "../agent/ledger/files";
import { ledgerDisk } from "../agent/ledger/folder";
import type { LedgerEvent } from "../agent/ledger/line";
import { readLines } from "../agent/ledger/read";
import { isOfPortal, openPick, openTrace } from "../agent/ledger/trace";
import { codeNamed } from "../core/errors/codes";
import { fail } from "../core/errors/errors";
import { oneLine } from "../core/errors/quote";
import { sentenceOfEvent } from "../portal/sentence";
import { fileProblem } from "../sources/file/fileProblem";
import { STATUS, type Terminal } from "./terminal/terminal";

export interface TraceFlags {
    readonly request: string;
    /** Folders of ledgers; undefined: those of portal and agent that are here. */
    readonly state?: readonly string[];
    readonly json?: boolean;
}

interface Step {
    readonly at: string;
    readonly ledger: "portal" | "agent";
    readonly folder: string;
    readonly seq: number;
    readonly hash: string;
    readonly event: LedgerEvent;
}

const USUAL = ["zonekeeper-portal", "zonekeeper-state"];

/** Tells the story of a request, from the sign-in to Okta's answer, by the ledgers of portal and agent. */
export async function ledgerTrace({ request, state, json }: TraceFlags, terminal: Terminal): Promise<number> {
    const disks = await disksOf(state, terminal);
    let status: number = STATUS.done;
    const onBreak = ({ file, line }: { readonly file: string; readonly line: number }) => {
        status = STATUS.failed;
        const { code } = codeNamed("ledger-broken");
        terminal.err(`zonekeeper: ${file}, line ${line}, is not what was written and is left out [${code}]`);
    };
    const trace = openTrace(request);
    for (const disk of disks) {
        for await (const { line } of readLines(disk, { onBreak: () => {} })) trace.add(line.event);
    }
    const steps: Step[] = [];
    for (const disk of disks) {
        const pick = openPick(trace.traced());
        for await (const { line } of readLines(disk, { onBreak })) {
            const event = pick(line);
            if (event === undefined) continue;
            const { at, seq, hash } = line;
            steps.push({ at, ledger: isOfPortal(event) ? "portal" : "agent", folder: disk.path, seq, hash, event });
        }
    }
    if (steps.length === 0) {
        const where = disks.map(({ path }) => path).join(" and ");
        return fail("bad-input", `nothing is known of ${JSON.stringify(request)} in ${where}`);
    }
    steps.sort((a, b) => a.at.localeCompare(b.at) || b.ledger.localeCompare(a.ledger) || a.seq - b.seq);
    if (json) terminal.out(JSON.stringify({ request, steps }));
    else for (const step of steps) terminal.out(lineOf(step));
    return status;
}

/** Those that are named have to be there; of the usual ones, any. @throws `bad-input` */
async function disksOf(named: readonly string[] | undefined, { directory }: Terminal): Promise<readonly Disk[]> {
    const found: Disk[] = [];
    for (const folder of named ?? USUAL) {
        const disk = ledgerDisk(resolve(directory, folder));
        try {
            if ((await ledgerFiles(disk)).length > 0) found.push(disk);
            else if (named !== undefined) fail("bad-input", `there is no ledger in ${disk.path}`);
        } catch (cause) {
            const problem = fileProblem(cause);
            if (problem === undefined || (cause as { syscall?: string }).syscall === undefined) throw cause;
            fail("bad-input", `cannot read the ledger in ${disk.path}: ${problem}`, { cause });
        }
    }
    if (found.length > 0) return found;
    return fail("bad-input", "there is no ledger here: name the state folders of portal and agent with --state");
}

function lineOf({ at, ledger, event }: Step): string {
    const sentence = isOfPortal(event) ? sentenceOfEvent(event) : sentenceOf(event as TaggedEvent);
    return `${at}  ${ledger.padEnd(6)}  ${oneLine(sentence)}${detailOf(event)}`;
}

/** What the sentence leaves out and an auditor wants: Okta's own id of the request, and the session. */
function detailOf(event: LedgerEvent): string {
    const { requestId, session } = event as { readonly requestId?: string; readonly session?: string };
    if (requestId !== undefined) return `, Okta's request id ${oneLine(requestId)}`;
    return session === undefined ? "" : `  [session ${oneLine(session)}]`;
}
