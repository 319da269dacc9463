import { Command, CommanderError, InvalidArgumentError, Option } from "commander";

import { type AdoptFlags, adopt } from "./adopt";
import type { EmulatorFlags } from "./emulator";
import { type ExplainFlags, explain } from "./explain";
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
    addExplain(program).action(run<ExplainFlags>(explain));
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

function addExplain(program: Command): Command {
    return program
        .command("explain")
        .description("Whether a request is inside zones, why, and the smallest change that would flip the answer.")
        .requiredOption(
            "--zone <file or id...>",
            "Okta's JSON of a zone or a list of zones (- is stdin), or the id of a zone",
        )
        .option("--chain <addresses>", 'the IP chain, as "1.1.1.1, 2.2.2.2"; the last address connects to Okta')
        .option("--forwarded-for <header>", "the X-Forwarded-For header, with --connecting")
        .option("--connecting <address>", "the address that connects to Okta, which the header does not have")
        .option("--event <file>", "an event of Okta's System Log, as JSON")
        .option(
            "--strict",
            "end at an address that is neither gateway nor trusted proxy, as Okta's support article has it",
        )
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
