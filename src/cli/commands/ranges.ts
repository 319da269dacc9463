import type { Command } from "commander";

import { FORMATS } from "../../core/ranges/formats/formats";
import type { RangesFlags } from "../arguments/rangesFlags";
import type { Run } from "../run";

export function rangesCommand(program: Command, run: Run): void {
    program
        .command("ranges")
        .description("Okta's own addresses, for firewalls and proxies.")
        .option("--cell <name...>", "us_cell_7, OK7, or a group such as production, emea, hipaa, apac, preview")
        .option("--org <url>", "the cell of this org; asks the org, without a credential")
        .option("--from <file or url>", "the file of ranges (default: the one that Okta publishes)")
        .option("--format <format>", `${Object.keys(FORMATS).join(", ")} (default text)`)
        .option("--aggregate", "the fewest CIDRs with the same addresses")
        .option("--diff <old>", "what came and what went since this file of ranges, as text or json")
        .option("--domains", "the names to allow, with their ports, instead of addresses")
        .option("--accept-shrunk", "take a file that lost more than half of a cell since the last good one")
        .option("--json", "print one JSON document")
        .action(run<RangesFlags>((...rest) => load().ranges(...rest)));
}

/** On demand: each command loads what it needs and no more. */
function load(): typeof import("../ranges") {
    return require("../ranges");
}
