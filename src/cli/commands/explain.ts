import type { Command } from "commander";

import type { ExplainFlags } from "../explain";
import type { Run } from "../run";

export function explainCommand(program: Command, run: Run): void {
    program
        .command("explain")
        .description("Whether a request is inside zones, why, and the smallest change that would flip the answer.")
        .requiredOption(
            "--zone <file or id...>",
            "Okta's JSON of a zone or a list of zones (- is stdin), or the id or the name of a zone",
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
        .option("--json", "print one JSON document")
        .action(run<ExplainFlags>((...rest) => load().explain(...rest)));
}

/** On demand: each command loads what it needs and no more. */
function load(): typeof import("../explain") {
    return require("../explain");
}
