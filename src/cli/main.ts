import { Command, CommanderError } from "commander";

import { version } from "../../package.json";
import { adoptCommand } from "./commands/adopt";
import { agentCommand } from "./commands/agent";
import { doctorCommand } from "./commands/doctor";
import { emulatorCommand } from "./commands/emulator";
import { explainCommand } from "./commands/explain";
import { ledgerCommand } from "./commands/ledger";
import { rangesCommand } from "./commands/ranges";
import { schemaCommand } from "./commands/schema";
import { syncCommand } from "./commands/sync";
import type { Run } from "./run";
import { processTerminal, reportFailure, STATUS, type Terminal } from "./terminal";

/** In the order of the help. */
const COMMANDS = [
    syncCommand,
    agentCommand,
    explainCommand,
    rangesCommand,
    doctorCommand,
    adoptCommand,
    ledgerCommand,
    schemaCommand,
    emulatorCommand,
];

/**
 * Runs a command line.
 *
 * @param args Without the program's own name: `["sync", "--zone", "nzo1", …]`.
 * @returns the exit status
 */
export async function main(args: readonly string[], terminal: Terminal = processTerminal): Promise<number> {
    let status: number = STATUS.done;
    const program = new Command("zonekeeper")
        .version(version, "--version", "print the version")
        .description("Just-in-time network access for Okta: zones whose gateways are the grants that are active now.")
        .configureOutput({
            writeOut: (text) => terminal.out(text.trimEnd()),
            writeErr: (text) => terminal.err(text.trimEnd()),
            // Told below, as every other failure is.
            outputError: () => {},
        })
        .exitOverride();
    const run: Run = (work) => async (flags) => {
        const isJson = "json" in flags && flags.json === true;
        status = await work(flags, terminal).catch((error) => reportFailure(error, terminal, isJson));
    };
    for (const declare of COMMANDS) declare(program, run);
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
