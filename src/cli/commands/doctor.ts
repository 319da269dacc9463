import type { Command } from "commander";

import type { DoctorFlags } from "../doctor";
import type { Run } from "../run";

export function doctorCommand(program: Command, run: Run): void {
    program
        .command("doctor")
        .description("Say what keeps grants from having an effect, each finding with a code and a remedy.")
        .option("--config <file>", "the configuration of an agent; it is asked, too, where it runs")
        .option("--membership <name>", "one of several memberships of the configuration (default: all)")
        .option("--zone <id...>", "the zones that share the membership")
        .option(
            "--stack <name>",
            "a Pulumi stack, or a file of its outputs, which says zones, source, selector and limits; with --config they are compared",
        )
        .option("--zone-name <name...>", "names that a deployment is to give to new zones: says whether they are taken")
        .option("--policy <id>", "the authentication policy (default: all that name one of the zones)")
        .option("--write-test", "write the sentinel of the zones, and put it back; all else only reads")
        .option("--source <source>", "where the grants are: compares them with the zones")
        .option("--selector <key=value...>", "labels that a grant must have")
        .option("--static <range...>", "entries to keep besides the grants")
        .option("--deny <range...>", "ranges that no grant may touch")
        .option("--widest-prefix <length>", "the shortest prefix that a grant may have (default 24)")
        .option("--max-removals <limit>", "the limit that the agent or sync has: 10, 50% or off (default 50%)")
        .option("--state <dir>", "the folder in which the agent or sync remembers the known grants")
        .option("--allow-unroutable", "take grants of private and other addresses that never reach Okta")
        .option("--okta <url>", "the address of Okta, for an emulator; else it is found as the Okta provider finds it")
        .option("--json", "print one JSON document")
        .action(run<DoctorFlags>((...rest) => load().doctor(...rest)));
}

/** On demand: each command loads what it needs and no more. */
function load(): typeof import("../doctor") {
    return require("../doctor");
}
