import { Command, CommanderError } from "commander";

import { version } from "../../package.json";
import { addHelp } from "./arguments/helpText";
import { unknownOption } from "./arguments/unknownOption";
import { accessCommands } from "./commands/access";
import { adoptCommand } from "./commands/adopt";
import { agentCommand } from "./commands/agent";
import { completionCommand } from "./commands/completion";
import { doctorCommand } from "./commands/doctor";
import { emulatorCommand } from "./commands/emulator";
import { explainCommand } from "./commands/explain";
import { initCommand } from "./commands/init";
import { ledgerCommand } from "./commands/ledger";
import { portalCommand } from "./commands/portal";
import { rangesCommand } from "./commands/ranges";
import { schemaCommand } from "./commands/schema";
import { syncCommand } from "./commands/sync";
import { whyCommand } from "./commands/why";
import type { Run } from "./run";
import { processTerminal, reportFailure, STATUS, type Terminal } from "./terminal/terminal";

/** In the order of the help. */
const COMMANDS = [
    syncCommand,
    agentCommand,
    portalCommand,
    accessCommands,
    whyCommand,
    explainCommand,
    rangesCommand,
    doctorCommand,
    adoptCommand,
    initCommand,
    ledgerCommand,
    schemaCommand,
    emulatorCommand,
    completionCommand,
];

/** Commands that run until they are ended, and report progress themselves. */
const GO_ON = ["agent", "portal", "emulator", "--follow"];

/** The codes of commander for a missing, unknown or excess argument, which may be caused by a wrong option. */
const ABOUT_MISSING = [
    "commander.missingMandatoryOptionValue",
    "commander.missingArgument",
    "commander.excessArguments",
    "commander.unknownOption",
];

/**
 * Runs a command line.
 *
 * @param args Without the program's own name: `["sync", "--zone", "nzo1", …]`.
 * @returns the exit status
 */
export async function main(args: readonly string[], terminal: Terminal = processTerminal): Promise<number> {
    let status: number = STATUS.done;
    const { width } = terminal;
    const program = new Command("zonekeeper")
        .version(version, "--version", "print the version")
        .description("Just-in-time network access for Okta: zones whose gateways are the grants that are active now.")
        .configureOutput({
            writeOut: (text) => terminal.out(text.trimEnd()),
            writeErr: (text) => terminal.err(text.trimEnd()),
            ...(width !== undefined && { getOutHelpWidth: () => width }),
            // Reported below, as every other failure.
            outputError: () => {},
        })
        .exitOverride();
    const run: Run = (work) => async (flags) => {
        const isJson = "json" in flags && flags.json === true;
        const end = GO_ON.some((name) => args.includes(name)) ? undefined : terminal.begin?.(`zonekeeper ${args[0]}`);
        status = await work(flags, terminal)
            .catch((error) => reportFailure(error, terminal, isJson))
            .finally(end);
    };
    for (const declare of COMMANDS) declare(program, run);
    for (const command of program.commands) addHelp(command);
    try {
        await program.parseAsync(args, { from: "user" });
    } catch (error) {
        if (!(error instanceof CommanderError)) throw error;
        if (error.exitCode === 0) return STATUS.done;
        const unknown = ABOUT_MISSING.includes(error.code) ? unknownOption(program, args) : undefined;
        return reportWrongCall(
            { code: error.code, message: unknown ?? error.message },
            terminal,
            args.includes("--json"),
        );
    }
    return status;
}

/** A command line that commander does not take; where it answered with the help, that was said. */
function reportWrongCall(
    { code, message }: Pick<CommanderError, "code" | "message">,
    terminal: Terminal,
    isJson: boolean,
): number {
    if (code === "commander.help") return STATUS.wrong;
    const hint = code === "commander.excessArguments" ? " Put what belongs together, such as a chain, in quotes." : "";
    const sentence = message.replace(/^error: /, "").replace(/\s*\n\s*/g, " ") + hint;
    return reportFailure(Object.assign(new Error(sentence), { code: "bad-input" }), terminal, isJson);
}
