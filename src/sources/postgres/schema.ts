import { MOST_NAMED } from "./rowNotification";
import { sameSchema } from "./table";

/** The default channel on which the trigger notifies of changes. */
export const USUAL_CHANNEL = "zonekeeper_grants";

/** The default table. */
export const USUAL_TABLE = "grants";

/** The longest payload of a notification that says which rows have changed, in bytes; PostgreSQL takes less than 8000. */
const MOST_PAYLOAD_BYTES = 7_900;

/**
 * The SQL that makes the table of grants, and the triggers that notify of its
 * changes, with the ids of the changed rows where these are few. It may be run again: existing objects stay as they are. All of it is in the schema of the table, as the
 * owner of one schema may have no right to create anything in another, such as `public`.
 *
 * @param table As tableSql gives it.
 * @param channel Letters, digits and `_`.
 */
export function schemaSql(table: string, channel: string): string {
    const notify = sameSchema(table, `${channel}_notify`);
    return `-- Grants as Zonekeeper reads them. Run by the owner of the data; Zonekeeper itself only reads:
--   GRANT SELECT ON ${table} TO zonekeeper;
BEGIN;

CREATE TABLE IF NOT EXISTS ${table} (
    id          text PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 200),
    user_name   text CHECK (length(user_name) <= 320),
    ip          cidr NOT NULL CHECK (family(ip) = 4),
    starts_at   timestamptz,
    expires_at  timestamptz,
    permanent   boolean NOT NULL DEFAULT false,
    reason      text CHECK (length(reason) <= 1000),
    labels      jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(labels) = 'object'),
    CHECK (permanent = (expires_at IS NULL)),
    CHECK (starts_at < expires_at)
);

-- Says which rows have changed, as far as that is short: {"relation":"16385","ids":["g-101"]}
CREATE OR REPLACE FUNCTION ${notify}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids text[];
    payload text;
BEGIN
    IF TG_OP = 'INSERT' THEN
        ids := ARRAY(SELECT id::text FROM rows_after LIMIT ${MOST_NAMED + 1});
    ELSIF TG_OP = 'DELETE' THEN
        ids := ARRAY(SELECT id::text FROM rows_before LIMIT ${MOST_NAMED + 1});
    ELSIF TG_OP = 'UPDATE' THEN
        ids := ARRAY(SELECT id::text FROM rows_before UNION SELECT id::text FROM rows_after LIMIT ${MOST_NAMED + 1});
    END IF;
    IF cardinality(ids) = 0 THEN
        RETURN NULL;
    END IF;
    payload := json_build_object('relation', TG_RELID::text, 'ids', ids)::text;
    IF ids IS NULL OR cardinality(ids) > ${MOST_NAMED} OR octet_length(payload) > ${MOST_PAYLOAD_BYTES} THEN
        payload := '';
    END IF;
    PERFORM pg_notify('${channel}', payload);
    RETURN NULL;
END
$$;

${TRIGGERS.map(([name, event, rows]) => triggerSql(table, channel, { name, event, rows })).join("\n")}
COMMIT;
`;
}

const [BEFORE, AFTER] = ["OLD TABLE AS rows_before", "NEW TABLE AS rows_after"];

/** PostgreSQL wants one trigger for each kind of statement, where the trigger sees the rows. */
const TRIGGERS = [
    ["changed", "TRUNCATE", ""],
    ["inserted", "INSERT", `REFERENCING ${AFTER}`],
    ["updated", "UPDATE", `REFERENCING ${BEFORE} ${AFTER}`],
    ["deleted", "DELETE", `REFERENCING ${BEFORE}`],
] as const;

function triggerSql(
    table: string,
    channel: string,
    { name, event, rows }: { readonly name: string; readonly event: string; readonly rows: string },
): string {
    const notify = sameSchema(table, `${channel}_notify`);
    return `CREATE OR REPLACE TRIGGER ${channel}_${name}
    AFTER ${event} ON ${table}${rows === "" ? "" : ` ${rows}`}
    FOR EACH STATEMENT EXECUTE FUNCTION ${notify}();
`;
}
