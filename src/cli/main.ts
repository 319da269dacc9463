import { Command, CommanderError, InvalidArgumentError, Option } from "commander";

import { FORMATS } from "../core/formats/formats";
import { type AdoptFlags, adopt } from "./adopt";
import { type DoctorFlags, doctor } from "./doctor";
import type { EmulatorFlags } from "./emulator";
import { type LedgerFlags, ledgerExport, ledgerTail, ledgerVerify } from "./ledger";
import { ranges } from "./ranges";
import type { RangesFlags } from "./rangesFlags";
import { type SyncFlags, sync } from "./sync";
import { processTerminal, reportFailure, STATUS, type Terminal } from "./terminal";

/**
 * Runs a command line.
 *
 * @param args Without the program's own name: `["sync", "--zone", "nzo1", …]`.
 * @returns the exit status
 */
export async function main(args: readonly string[], terminal: Terminal = processTerminal): Promise<number> {
    let status: number = STATUS.done;
    const program = new Command("zonekeeper")
        .description("Just-in-time network access for Okta: zones whose gateways are the grants that are active now.")
        .configureOutput({
            writeOut: (text) => terminal.out(text.trimEnd()),
            writeErr: (text) => terminal.err(text.trimEnd()),
            // Told below, as every other failure is.
            outputError: () => {},
        })
        .exitOverride();
    const run =
        <Flags extends object>(work: (flags: Flags, terminal: Terminal) => Promise<number>) =>
        async (flags: Flags) => {
            const isJson = "json" in flags && flags.json === true;
            status = await work(flags, terminal).catch((error) => reportFailure(error, terminal, isJson));
        };
    addSync(program).action(run<SyncFlags>(sync));
    const runAdopt = run<AdoptFlags>(adopt);
    addAdopt(program).action((zoneId: string, flags: Omit<AdoptFlags, "zoneId">) => runAdopt({ ...flags, zoneId }));
    addRanges(program).action(run<RangesFlags>(ranges));
    const ledger = program.command("ledger").description("The agent's record of what it decided, did and found.");
    addVerify(ledger).action(run<LedgerFlags>(ledgerVerify));
    addTail(ledger).action(run<LedgerFlags>(ledgerTail));
    addExport(ledger).action(run<LedgerFlags>(ledgerExport));
    addDoctor(program).action(run<DoctorFlags>(doctor));
    addEmulator(program).action(run<EmulatorFlags>((...rest) => loadEmulator().emulator(...rest)));
    try {
        await program.parseAsync(args, { from: "user" });
    } catch (error) {
        if (!(error instanceof CommanderError)) throw error;
        return error.exitCode === 0 ? STATUS.done : reportWrongCall(error, terminal, args.includes("--json"));
    }
    return status;
}

/** A command line that commander does not take; where it answered with the help, that was said. */
function reportWrongCall({ code, message }: CommanderError, terminal: Terminal, isJson: boolean): number {
    if (code === "commander.help") return STATUS.wrong;
    const sentence = message.replace(/^error: /, "").replace(/\s*\n\s*/g, " ");
    return reportFailure(Object.assign(new Error(sentence), { code: "bad-input" }), terminal, isJson);
}

function addSync(program: Command): Command {
    return program
        .command("sync")
        .description("Bring zones to the grants once: read, decide, write, verify.")
        .requiredOption("--zone <id...>", "the zones that share the membership, in order")
        .requiredOption(
            "--source <source>",
            'a file, a URL, or a JSON object such as {"type":"file","path":"grants.yaml"}',
        )
        .option("--dry-run", "say what would change, and write nothing")
        .option("--check", "as --dry-run, with exit status 4 when there is something to change")
        .option("--selector <key=value...>", "labels that a grant must have")
        .option("--static <range...>", "entries to keep besides the grants")
        .option("--deny <range...>", "ranges that no grant may touch")
        .option("--widest-prefix <length>", "the shortest prefix that a grant may have (default 24)")
        .option("--max-removals <limit>", "hold a change that removes more live entries: 10 or 50%")
        .option("--confirm-removals", "let this run remove more than --max-removals")
        .option("--okta <url>", "the address of Okta, for an emulator; else it is found as the Okta provider finds it")
        .option("--json", "print one JSON document");
}

function addAdopt(program: Command): Command {
    return program
        .command("adopt")
        .description("What it takes to bring a zone that somebody made under Zonekeeper; writes nothing.")
        .argument("<id>", "the zone")
        .option("--source <source>", "where the grants are: what no active grant holds becomes a static gateway")
        .option("--stack <name>", "the stack that is to have the zone", "dev")
        .option("--name <name>", "what the program calls its GrantedAccess", "access")
        .option("--selector <key=value...>", "labels that a grant must have")
        .option("--deny <range...>", "ranges that no grant may touch")
        .option("--widest-prefix <length>", "the shortest prefix that a grant may have (default 24)")
        .option("--okta <url>", "the address of Okta, for an emulator; else it is found as the Okta provider finds it")
        .option("--json", "print the file for `pulumi import --file`");
}

function addRanges(program: Command): Command {
    return program
        .command("ranges")
        .description("Okta's own addresses, for firewalls and proxies.")
        .option("--cell <name...>", "us_cell_7, OK7, or a group such as production, emea, hipaa, apac, preview")
        .option("--org <url>", "the cell of this org; asks the org, without a credential")
        .option("--from <file or url>", "the file of ranges (default: the one that Okta publishes)")
        .option("--format <format>", `${Object.keys(FORMATS).join(", ")} (default text)`)
        .option("--aggregate", "the fewest CIDRs with the same addresses")
        .option("--diff <old>", "what came and what went since this file of ranges, as text or json")
        .option("--domains", "the names to allow, with their ports, instead of addresses")
        .option("--accept-shrunk", "take a file that lost more than half of a cell since the last good one")
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

function addDoctor(program: Command): Command {
    return program
        .command("doctor")
        .description("Say what keeps grants from having an effect, each finding with a code and a remedy.")
        .option("--zone <id...>", "the zones that share the membership")
        .option("--policy <id>", "the authentication policy (default: all that name one of the zones)")
        .option("--write-test", "write the sentinel of the zones, and put it back; all else only reads")
        .option("--source <source>", "where the grants are: compares them with the zones")
        .option("--selector <key=value...>", "labels that a grant must have")
        .option("--static <range...>", "entries to keep besides the grants")
        .option("--deny <range...>", "ranges that no grant may touch")
        .option("--widest-prefix <length>", "the shortest prefix that a grant may have (default 24)")
        .option("--okta <url>", "the address of Okta, for an emulator; else it is found as the Okta provider finds it")
        .option("--json", "print one JSON document");
}

function addEmulator(program: Command): Command {
    return program
        .command("emulator")
        .description("An Okta stand-in over HTTP; its URL is the first line.")
        .addOption(
            new Option("--port <number>", "the port on 127.0.0.1; 0 for a free one").default(0).argParser(readPort),
        )
        .option("--seed <file>", "what the org holds, as JSON");
}

function readPort(text: string): number {
    const port = Number(text);
    if (!/^\d+$/.test(text) || port > 65535) throw new InvalidArgumentError("a port is a number from 0 to 65535.");
    return port;
}

/** On demand, as the other commands do not need a web server. */
function loadEmulator(): typeof import("./emulator") {
    return require("./emulator");
}
