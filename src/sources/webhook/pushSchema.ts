import { besideTable } from "../postgres/table";

/** The default table of pushes. */
export const USUAL_PUSHES = "zonekeeper_pushes";

/** The channel on which agents notify each other of pushes, for all tables: a notified agent reads its table. */
export const PUSH_CHANNEL = "zonekeeper_pushes";

/** The table of deliveries: which were accepted, and the state after each. */
export function deliveriesOf(table: string): string {
    return besideTable(table, "deliveries");
}

/**
 * The SQL that makes the tables in which agents share what was pushed. It may be
 * run again: existing objects stay as they are.
 *
 * @param table As tableSql gives it.
 */
export function pushSchemaSql(table: string): string {
    const deliveries = deliveriesOf(table);
    return `-- What was pushed to Zonekeeper, for all of its agents. They need no more than this:
--   GRANT SELECT, INSERT, UPDATE, DELETE ON ${table}, ${deliveries} TO zonekeeper;
BEGIN;

-- What is known of each grant: its entry as it was pushed, as JSON; no entry where it was removed.
CREATE TABLE IF NOT EXISTS ${table} (
    key         text PRIMARY KEY,
    change      bigint NOT NULL,
    nth         integer NOT NULL,
    at_ms       bigint NOT NULL,
    entry       text
);
CREATE INDEX IF NOT EXISTS ${indexOf(table, "change")} ON ${table} (change);
CREATE INDEX IF NOT EXISTS ${indexOf(table, "removed")} ON ${table} (at_ms) WHERE entry IS NULL;

-- The latest deliveries, in the order of their changes, with what is known of all grants after each.
CREATE TABLE IF NOT EXISTS ${deliveries} (
    change          bigint PRIMARY KEY,
    id              text NOT NULL UNIQUE,
    snapshot_change bigint NOT NULL,
    snapshot_ms     bigint,
    forgotten_ms    bigint
);

COMMIT;
`;
}

/** An index is in the schema of its table, and has no other. */
function indexOf(table: string, suffix: string): string {
    const [name = ""] = /"(?:[^"]|"")+"$/.exec(table) ?? [];
    return besideTable(name, suffix);
}
