import { join, resolve } from "node:path";
import { Command, CommanderError } from "commander";

import { processTerminal, reportFailure, STATUS, type Terminal } from "../../src/cli/terminal/terminal";
import { apply, check, type Outcome, type Promotion, plan } from "./steps";
import { openTools } from "./tools";

interface Flags {
    readonly from: string;
    readonly to: string;
    readonly folder: string;
}

const STEPS = [
    ["check", "whether production may get what preview runs", check],
    ["plan", "save the plan of production, for review", plan],
    ["apply", "carry out the saved plan", apply],
] as const;

/**
 * Runs one step of a promotion.
 *
 * @param args `["check"]`, `["plan", "--to", "production"]`, …
 * @returns the exit status: 3 when the step was refused, with a sentence for each reason on stderr
 */
export async function main(args: readonly string[], terminal: Terminal = processTerminal): Promise<number> {
    let status: number = STATUS.done;
    const program = new Command("npm run promote --")
        .description("Brings to production what preview runs, by a plan that a person has reviewed.")
        .configureOutput({
            writeOut: (text) => terminal.out(text.trimEnd()),
            writeErr: (text) => terminal.err(text.trimEnd()),
        })
        .exitOverride();
    for (const [name, what, step] of STEPS) {
        program
            .command(name)
            .description(what)
            .option("--from <stack>", "the stack that was tried", "preview")
            .option("--to <stack>", "the stack that gets the same", "production")
            .option("--folder <path>", "where the plan is kept", join(".zonekeeper", "promotion"))
            .action(async (flags: Flags) => {
                status = await run(step, flags, terminal).catch((error) => reportFailure(error, terminal));
            });
    }
    try {
        await program.parseAsync(args, { from: "user" });
    } catch (error) {
        if (!(error instanceof CommanderError)) throw error;
        return error.exitCode === 0 ? STATUS.done : STATUS.wrong;
    }
    return status;
}

async function run(
    step: (promotion: Promotion) => Promise<Outcome>,
    { from, to, folder }: Flags,
    terminal: Terminal,
): Promise<number> {
    const { directory, env } = terminal;
    const tools = openTools(directory, { ...env }, (line) => terminal.err(line));
    const { findings, done } = await step({ from, to, folder: resolve(directory, folder), directory, tools });
    for (const finding of findings) terminal.err(`refused: ${finding}`);
    if (findings.length > 0) return STATUS.refused;
    terminal.out(done);
    return STATUS.done;
}

if (require.main === module) {
    void main(process.argv.slice(2)).then((status) => {
        process.exitCode = status;
    });
}
