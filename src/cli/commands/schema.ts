import type { Command } from "commander";
import type { Run } from "../run";
import type { SchemaFlags } from "../schema";

export function schemaCommand(program: Command, run: Run): void {
    program
        .command("schema")
        .description("The SQL of a table of grants in PostgreSQL, with the trigger that announces its changes.")
        .option("--table <name>", "the table, such as access.grants (default grants)")
        .option("--webhook", "of the tables in which agents share what was pushed (default zonekeeper_pushes)")
        .option("--portal", "of the tables of a portal's store")
        .option("--channel <name>", "the channel on which the trigger announces changes (default zonekeeper_grants)")
        .action(run<SchemaFlags>((...rest) => load().schema(...rest)));
}

/** On demand: each command loads what it needs and no more. */
function load(): typeof import("../schema") {
    return require("../schema");
}
