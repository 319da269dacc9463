import type { Command } from "commander";

import { fail } from "../../core/errors/errors";
import type { AdoptFlags } from "../adopt";
import { lastWord } from "../arguments/lastWord";
import type { Run } from "../run";

export function adoptCommand(program: Command, run: Run): void {
    program
        .command("adopt")
        .description("Prints the steps that bring an existing zone under Zonekeeper; writes nothing.")
        .argument("[id]", "the zone")
        .option("--source <source>", "where the grants are: what no active grant holds becomes a static gateway")
        .option("--stack <name>", "the stack that is to have the zone (default: the selected one, else dev)")
        .option("--expire-in <time>", "entries without a grant become grants that end: 90m, 8h or 7d")
        .option("--name <name>", "what the program calls its GrantedAccess", "access")
        .option("--selector <key=value...>", "labels that a grant must have")
        .option("--deny <range...>", "ranges that no grant may touch")
        .option("--widest-prefix <length>", "the shortest prefix that a grant may have (default 24)")
        .option("--allow-unroutable", "take grants of private and other addresses that never reach Okta")
        .option("--okta <url>", "the address of Okta, for an emulator; else it is found as the Okta provider finds it")
        .option("--json", "print the file for `pulumi import --file`")
        .action((id: string | undefined, flags: Flags) =>
            run<Flags>(async (given, terminal) => {
                const { word, flags: rest } = id === undefined ? swallowed(given) : { word: id, flags: given };
                return load().adopt({ ...rest, zoneId: word }, terminal);
            })(flags),
        );
}

type Flags = Omit<AdoptFlags, "zoneId">;

/** An id at the end of the words of an option. @throws `bad-input` where there is none */
function swallowed(flags: Flags) {
    const found = lastWord(flags, ["selector", "deny"], (_key, word) => !/^nzo\w+$/.test(word));
    return found ?? fail("bad-input", "say which zone it is about: its id, such as nzo1a2b3c4d5e6f7g8h9");
}

/** On demand: each command loads what it needs and no more. */
function load(): typeof import("../adopt") {
    return require("../adopt");
}
