import type { Command } from "commander";

import type { AgentFlags } from "../agent";
import type { Run } from "../run";

export function agentCommand(program: Command, run: Run): void {
    program
        .command("agent")
        .description("Keep zones equal to the grants, around the clock; SIGHUP reads the configuration again.")
        .requiredOption("--config <file>", "the configuration, YAML or JSON")
        .option("--dry-run", "say what the first round would do, and write nothing")
        .option("--membership <name>", "with --dry-run: one of several memberships (default: all)")
        .option("--okta <url>", "the address of Okta, for an emulator")
        .option("--json", "a JSON document for each line of the log")
        .action(run<AgentFlags>((...rest) => load().agent(...rest)));
}

/** On demand: each command loads what it needs and no more. */
function load(): typeof import("../agent") {
    return require("../agent");
}
