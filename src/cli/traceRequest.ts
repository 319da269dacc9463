import { resolve } from "node:path";

import type { TaggedEvent } from "../agent/events/events";
import { sentenceOf } from "../agent/events/sentence";
import type { Disk } from "../agent/ledger/disk";
import { ledgerFiles } from "../agent/ledger/files";
import { ledgerDisk } from "../agent/ledger/folder";
import type { HeldAddress, PresentAddress } from "../agent/ledger/presence";
import { readLines } from "../agent/ledger/read";
import { type FoundRequest, openRequestsOf } from "../agent/ledger/requestsOf";
import { isOfPortal, openPick, openTrace, type Picked } from "../agent/ledger/trace";
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

interface Step extends Picked {
    readonly at: string;
    readonly ledger: "portal" | "agent";
    readonly folder: string;
    readonly seq: number;
    readonly hash: string;
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
    const others = openRequestsOf(request);
    for (const disk of disks) {
        for await (const { line } of readLines(disk, { onBreak: () => {} })) {
            trace.add(line.event);
            others.add(line);
        }
    }
    const steps: Step[] = [];
    for (const disk of disks) {
        const pick = openPick(trace.traced());
        for await (const { line } of readLines(disk, { onBreak })) {
            const picked = pick(line);
            if (picked === undefined) continue;
            const { at, seq, hash } = line;
            const ledger = isOfPortal(picked.event) ? "portal" : "agent";
            steps.push({ at, ledger, folder: disk.path, seq, hash, ...picked });
        }
    }
    if (steps.length === 0) return fail("bad-input", unknown(request, disks, others.found()));
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

/** The most requests that are listed for a person or an address. */
const MOST_NAMED = 5;

function unknown(name: string, disks: readonly Disk[], found: readonly FoundRequest[]): string {
    const where = disks.map(({ path }) => path).join(" and ");
    if (found.length === 0) return `nothing is known of ${JSON.stringify(name)} in ${where}`;
    const latest = found.slice(-MOST_NAMED).reverse();
    const named = latest.map(({ request, at, access = "" }) => `${request} (${oneLine(access)}, ${at})`).join(", ");
    const which = found.length > latest.length ? `; the latest ${latest.length} of its ${found.length}` : "; its";
    return `${JSON.stringify(name)} is no id of a request or grant${which} requests are ${named}`;
}

function lineOf({ at, ledger, event, present = [], held = [] }: Step): string {
    const sentence = isOfPortal(event) ? sentenceOfEvent(event) : sentenceOf(event as TaggedEvent);
    const notes = [detailOf(event), ...present.map(presentText), ...held.map(heldText)].join("");
    return `${at}  ${ledger.padEnd(6)}  ${oneLine(sentence)}${notes}`;
}

/** What the sentence leaves out and an auditor wants: identity, ticket, reason and session, and Okta's own id of the request. */
function detailOf(event: Picked["event"]): string {
    if (!isOfPortal(event)) {
        const { requestId } = event as { readonly requestId?: string };
        return requestId === undefined ? "" : oktaId(requestId);
    }
    const { by, login, ticket, reason, session } = event;
    return [
        login === undefined ? "" : `, as ${oneLine(login)} (${oneLine(by?.sub ?? "")})`,
        ticket === undefined ? "" : `, ticket ${oneLine(ticket)}`,
        reason === undefined ? "" : `, reason: ${oneLine(reason)}`,
        session === undefined ? "" : `  [session ${oneLine(session)}]`,
    ].join("");
}

/** No write follows: an earlier one has put the address into the zone. */
function presentText({ address, zone, since, status, requestId }: PresentAddress): string {
    const okta = requestId === undefined ? "" : oktaId(requestId);
    return `; ${address} is in ${zone} already, by the write that Okta took at ${since} (${status})${okta}`;
}

/** No write follows: others still need the address. */
function heldText({ address, by }: HeldAddress): string {
    return `; ${address} stays in for ${by.map(oneLine).join(", ")}`;
}

function oktaId(requestId: string): string {
    return `, Okta's request id ${oneLine(requestId)}`;
}
