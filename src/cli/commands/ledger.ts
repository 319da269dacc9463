import type { Command } from "commander";

import type { LedgerFlags } from "../ledger";
import type { Run } from "../run";
import type { TraceFlags } from "../traceRequest";

export function ledgerCommand(program: Command, run: Run): void {
    const ledger = program.command("ledger").description("The agent's record of what it decided, did and found.");
    addVerify(ledger).action(run<LedgerFlags>((...rest) => load().ledgerVerify(...rest)));
    addTail(ledger).action(run<LedgerFlags>((...rest) => load().ledgerTail(...rest)));
    addExport(ledger).action(run<LedgerFlags>((...rest) => load().ledgerExport(...rest)));
    const trace = run<TraceFlags>((...rest) => loadTrace().ledgerTrace(...rest));
    addTrace(ledger).action((request: string, flags: Omit<TraceFlags, "request">) => trace({ ...flags, request }));
}

function addTrace(ledger: Command): Command {
    const more = (folder: string, folders: readonly string[] = []) => [...folders, folder];
    return ledger
        .command("trace")
        .description("The story of one request at a portal, from the sign-in to Okta's answer.")
        .argument("<request>", "the id of a request (r-…) or of a grant (g-…)")
        .option("--state <folder>", "a state folder of a portal or an agent; may be there several times", more)
        .option("--json", "print one JSON document");
}

function addVerify(ledger: Command): Command {
    return withState(ledger.command("verify"))
        .description("Whether every line is the one that was written, and where not.")
        .option("--expect <hash>", "a hash that was the last one once, and was kept elsewhere")
        .option("--json", "print one JSON document");
}

function addTail(ledger: Command): Command {
    return withState(ledger.command("tail"))
        .description("The last lines.")
        .option("-n, --lines <number>", "how many (default 10)")
        .option("--follow", "and each one that comes, until the process is asked to end")
        .option("--format <format>", "text, jsonl, csv or ecs (default text)")
        .option("--json", "as --format jsonl");
}

function addExport(ledger: Command): Command {
    return withState(ledger.command("export"))
        .description("Every line, or those of a span of time.")
        .option("--from <moment>", "from this moment on, such as 2026-12-01T09:00:00Z")
        .option("--to <moment>", "before this moment")
        .option("--format <format>", "text, jsonl, csv or ecs (default jsonl)")
        .option("--json", "as --format jsonl");
}

function withState(command: Command): Command {
    return command.option("--state <folder>", "the agent's state folder", "zonekeeper-state");
}

/** On demand: each command loads what it needs and no more. */
function load(): typeof import("../ledger") {
    return require("../ledger");
}

function loadTrace(): typeof import("../traceRequest") {
    return require("../traceRequest");
}
