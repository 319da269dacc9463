import { sameSchema } from "./table";

/** The default channel on which the trigger notifies of changes. */
export const USUAL_CHANNEL = "zonekeeper_grants";

/** The default table. */
export const USUAL_TABLE = "grants";

/**
 * The SQL that makes the table of grants, and the trigger that notifies of its
 * changes. It may be run again: existing objects stay as they are. All of it is in the schema of the table, as the
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

CREATE OR REPLACE FUNCTION ${notify}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('${channel}', '');
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER ${channel}_changed
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON ${table}
    FOR EACH STATEMENT EXECUTE FUNCTION ${notify}();

COMMIT;
`;
}
