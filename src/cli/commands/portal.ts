import { type Command, Option } from "commander";

import type { PortalFlags } from "../portal";
import type { Run } from "../run";

export function portalCommand(program: Command, run: Run): void {
    program
        .command("portal")
        .description(
            "Serve the portal, on which people grant themselves access under rules, until the process is asked to end; SIGHUP reads the configuration again. Or check a configuration.",
        )
        .addOption(new Option("--config <file>", "the configuration, YAML or JSON").conflicts("check"))
        .option("--check <file>", "judge a configuration and serve nothing")
        .addOption(
            new Option(
                "--accept-store",
                "with --config: take a store that was restored from a backup, or lost, as it is now, and serve nothing",
            ).conflicts("check"),
        )
        .option("--json", "a JSON document for each line of the log, or for the findings")
        .action(
            run<PortalFlags>(async (flags, terminal) => {
                if (flags.config === undefined && flags.check === undefined) {
                    throw Object.assign(new Error("give --config FILE, or --check FILE"), { code: "bad-input" });
                }
                if (flags.acceptStore === true && flags.config === undefined) {
                    throw Object.assign(new Error("--accept-store needs --config FILE"), { code: "bad-input" });
                }
                return load().portal(flags, terminal);
            }),
        );
}

/** On demand: each command loads what it needs and no more. */
function load(): typeof import("../portal") {
    return require("../portal");
}
