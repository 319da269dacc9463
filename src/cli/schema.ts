import { schemaSql } from "../sources/postgres/schema";
import { tableSql } from "../sources/postgres/table";
import { parseSourceSpec } from "../sources/spec";
import { STATUS, type Terminal } from "./terminal";

export interface SchemaFlags {
    readonly table?: string;
    readonly channel?: string;
}

/** Prints the SQL of a table of grants; touches no database. */
export async function schema({ table, channel }: SchemaFlags, terminal: Terminal): Promise<number> {
    const spec = parseSourceSpec({ type: "postgres", url: "env:DATABASE_URL", table, channel });
    if (spec.type === "postgres") terminal.out(schemaSql(tableSql(spec.table) ?? "", spec.channel).trimEnd());
    return STATUS.done;
}
