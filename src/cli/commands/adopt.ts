import type { Command } from "commander";

import type { AdoptFlags } from "../adopt";
import type { Run } from "../run";

export function adoptCommand(program: Command, run: Run): void {
    const adopt = run<AdoptFlags>((...rest) => load().adopt(...rest));
    program
        .command("adopt")
        .description("What it takes to bring a zone that somebody made under Zonekeeper; writes nothing.")
        .argument("<id>", "the zone")
        .option("--source <source>", "where the grants are: what no active grant holds becomes a static gateway")
        .option("--stack <name>", "the stack that is to have the zone (default: the selected one, else dev)")
        .option("--expire-in <time>", "entries that nobody was granted become grants that end: 90m, 8h or 7d")
        .option("--name <name>", "what the program calls its GrantedAccess", "access")
        .option("--selector <key=value...>", "labels that a grant must have")
        .option("--deny <range...>", "ranges that no grant may touch")
        .option("--widest-prefix <length>", "the shortest prefix that a grant may have (default 24)")
        .option("--allow-unroutable", "take grants of private and other addresses that never reach Okta")
        .option("--okta <url>", "the address of Okta, for an emulator; else it is found as the Okta provider finds it")
        .option("--json", "print the file for `pulumi import --file`")
        .action((zoneId: string, flags: Omit<AdoptFlags, "zoneId">) => adopt({ ...flags, zoneId }));
}

/** On demand: each command loads what it needs and no more. */
function load(): typeof import("../adopt") {
    return require("../adopt");
}
