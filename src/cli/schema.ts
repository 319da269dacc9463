import { fail } from "../core/errors/errors";
import { portalSchemaSql } from "../sources/portal/portalSchema";
import { schemaSql } from "../sources/postgres/schema";
import { tableSql } from "../sources/postgres/table";
import { parseSourceSpec } from "../sources/settings/parseSource";
import { pushSchemaSql } from "../sources/webhook/pushSchema";
import { STATUS, type Terminal } from "./terminal/terminal";

export interface SchemaFlags {
    readonly table?: string;
    readonly channel?: string;
    readonly webhook?: boolean;
    readonly portal?: boolean;
}

/** Prints the SQL of a table of grants, or of the tables of the webhook or of a portal; touches no database. */
export async function schema(
    { table, channel, webhook = false, portal = false }: SchemaFlags,
    terminal: Terminal,
): Promise<number> {
    if (portal) {
        if (table !== undefined || channel !== undefined || webhook) {
            fail("bad-input", "--portal goes alone: the tables of a portal have fixed names");
        }
        terminal.out(portalSchemaSql().trimEnd());
        return STATUS.done;
    }
    terminal.out((webhook ? pushesSql(table, channel) : grantsSql(table, channel)).trimEnd());
    return STATUS.done;
}

function grantsSql(table: string | undefined, channel: string | undefined): string {
    const spec = parseSourceSpec({ type: "postgres", url: "env:DATABASE_URL", table, channel });
    return spec.type === "postgres" ? schemaSql(tableSql(spec.table) ?? "", spec.channel) : "";
}

function pushesSql(table: string | undefined, channel: string | undefined): string {
    if (channel !== undefined) fail("bad-input", "--channel is for a table of grants, and not for --webhook");
    const store = { type: "postgres", url: "env:DATABASE_URL", table };
    const spec = parseSourceSpec({ type: "webhook", secret: "env:WEBHOOK_SECRET", store });
    return spec.type === "webhook" && spec.store.type === "postgres"
        ? pushSchemaSql(tableSql(spec.store.table) ?? "")
        : "";
}
