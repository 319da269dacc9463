import { type Command, Option } from "commander";

import type { InitFlags } from "../init";
import type { Run } from "../run";

export function initCommand(program: Command, run: Run): void {
    const init = run<InitFlags>((...rest) => load().init(...rest));
    program
        .command("init")
        .description("Write a small project that runs at once against the emulator.")
        .argument("[dir]", "an empty folder, or one to be made", ".")
        .addOption(
            new Option(
                "--template <name>",
                "a Pulumi program, or the configuration of an agent, or of an agent with a portal",
            )
                .choices(["pulumi", "agent", "portal"])
                .makeOptionMandatory(),
        )
        .option("--json", "print one JSON document")
        .action((directory: string, flags: Omit<InitFlags, "directory">) => init({ ...flags, directory }));
}

/** On demand: each command loads what it needs and no more. */
function load(): typeof import("../init") {
    return require("../init");
}
