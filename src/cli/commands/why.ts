import type { Command } from "commander";

import { fail } from "../../core/errors/errors";
import { lastWord } from "../arguments/lastWord";
import type { SetupFlags } from "../facts/setup";
import type { Run } from "../run";

export function whyCommand(program: Command, run: Run): void {
    program
        .command("why")
        .description("Say why a person, an address or a sign-in is let in or not, and the next step. It only reads.")
        .argument(
            "[subject]",
            "a login or user id, an address, an IP chain with commas, the id of an event of the System Log, or a file with one (- is stdin)",
        )
        .option("--config <file>", "the configuration of an agent; it is asked, too, where it runs")
        .option("--membership <name>", "one of several memberships of the configuration (default: all)")
        .option("--zone <id...>", "the zones that share the membership")
        .option("--source <source>", "where the grants are")
        .option("--policy <id>", "the authentication policy (default: all that name one of the zones)")
        .option("--state <dir>", "the folder in which the agent or sync remembers the known grants")
        .option("--selector <key=value...>", "labels that a grant must have")
        .option("--static <range...>", "entries to keep besides the grants")
        .option("--deny <range...>", "ranges that no grant may touch")
        .option("--widest-prefix <length>", "the shortest prefix that a grant may have (default 24)")
        .option("--max-removals <limit>", "the limit that the agent or sync has: 10, 50% or off (default 50%)")
        .option("--allow-unroutable", "take grants of private and other addresses that never reach Okta")
        .option("--okta <url>", "the address of Okta, for an emulator; else it is found as the Okta provider finds it")
        .option("--json", "print one JSON document")
        .action((subject: string | undefined, flags: SetupFlags) =>
            run<SetupFlags>(async (given, terminal) => {
                const { word, flags: rest } =
                    subject === undefined ? swallowed(given) : { word: subject, flags: given };
                return load().why(word, rest, terminal);
            })(flags),
        );
}

const OWN: Readonly<Record<string, RegExp>> = { zone: /^nzo\w+$/, selector: /=/ };

/** A subject at the end of the words of an option. @throws `bad-input` where there is none */
function swallowed(flags: SetupFlags) {
    const found = lastWord(flags, ["zone", "selector", "deny", "static"], (key, word) => OWN[key]?.test(word) ?? false);
    return found ?? fail("bad-input", "say whom or what it is about: a login, an address, a chain or an event");
}

/** On demand: each command loads what it needs and no more. */
function load(): typeof import("../why") {
    return require("../why");
}
