import type { Command } from "commander";
import type { Run } from "../run";
import type { SyncFlags } from "../sync";

export function syncCommand(program: Command, run: Run): void {
    program
        .command("sync")
        .description("Bring zones to the grants once: read, decide, write, verify.")
        .option("--zone <id...>", "the zones that share the membership, in order; required without --stack or --config")
        .option(
            "--stack <name>",
            "a Pulumi stack, or a file of its outputs, which says zones, source, selector and limits",
        )
        .option(
            "--config <file>",
            "an agent's configuration, which says all that and the state folder: each of its memberships",
        )
        .option("--membership <name>", "with --config: only this membership")
        .option("--source <source>", 'a file, a URL, or a JSON object such as {"type":"file","path":"grants.yaml"}')
        .option("--dry-run", "say what would change, and write nothing")
        .option("--check", "as --dry-run, with exit status 4 when there is something to change")
        .option("--selector <key=value...>", "labels that a grant must have")
        .option("--static <range...>", "entries to keep besides the grants")
        .option("--deny <range...>", "ranges that no grant may touch")
        .option("--widest-prefix <length>", "the shortest prefix that a grant may have (default 24)")
        .option("--allow-unroutable", "take grants of private and other addresses that never reach Okta")
        .option("--max-time-to-live <time>", "refuse grants that last longer than this from now: 90m, 12h or 7d")
        .option("--refuse-permanent", "refuse grants that never end")
        .option("--max-removals <limit>", "hold removals beyond this limit: 10, 50% or off (default 50%)")
        .option(
            "--max-removals-window <time>",
            "how long a removal counts towards the limit, with --state (default 10m)",
        )
        .option("--confirm-removals", "let go of what is held, in this run")
        .option("--state <dir>", "remember the known grants in this folder from run to run, as the agent does")
        .option("--okta <url>", "the address of Okta, for an emulator; else it is found as the Okta provider finds it")
        .option("--json", "print one JSON document")
        .action(run<SyncFlags>((...rest) => load().sync(...rest)));
}

/** On demand: each command loads what it needs and no more. */
function load(): typeof import("../sync") {
    return require("../sync");
}
