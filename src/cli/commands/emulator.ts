import { type Command, InvalidArgumentError, Option } from "commander";

import type { EmulatorFlags } from "../emulator";
import type { Run } from "../run";

export function emulatorCommand(program: Command, run: Run): void {
    program
        .command("emulator")
        .description("An Okta stand-in over HTTP; its URL is the first line.")
        .addOption(
            new Option("--port <number>", "the port on 127.0.0.1; 0 for a free one").default(0).argParser(readPort),
        )
        .option("--seed <file>", "what the org holds, as JSON")
        .action(run<EmulatorFlags>((...rest) => load().emulator(...rest)));
}

function readPort(text: string): number {
    const port = Number(text);
    if (!/^\d+$/.test(text) || port > 65535) throw new InvalidArgumentError("a port is a number from 0 to 65535.");
    return port;
}

/** On demand: each command loads what it needs and no more. */
function load(): typeof import("../emulator") {
    return require("../emulator");
}
