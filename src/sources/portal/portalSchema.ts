/** The tables of a portal's store; and the channel on which its processes tell each other that something was added. */
export const LINES = "zonekeeper_portal";
export const REPORTS = "zonekeeper_portal_agents";
export const PORTAL_CHANNEL = "zonekeeper_portal";

/** The SQL that makes the tables. It may be run again: what is there already stays as it is. */
export function portalSchemaSql(): string {
    return `-- What Zonekeeper's portals keep, and what its agents tell them. Two roles need no more than this:
--   GRANT SELECT, INSERT, DELETE ON ${LINES} TO zonekeeper_portal_role;
--   GRANT SELECT ON ${REPORTS} TO zonekeeper_portal_role;
--   GRANT SELECT ON ${LINES} TO zonekeeper_agent_role;
--   GRANT SELECT, INSERT, UPDATE ON ${REPORTS} TO zonekeeper_agent_role;
BEGIN;

-- Changes in their order, each a JSON list of rows. Cookies and tokens are here as hashes, refresh tokens encrypted.
CREATE TABLE IF NOT EXISTS ${LINES} (
    seq     bigint PRIMARY KEY,
    line    text NOT NULL
);

-- The latest report of each agent, as JSON.
CREATE TABLE IF NOT EXISTS ${REPORTS} (
    agent   text PRIMARY KEY,
    report  text NOT NULL
);

COMMIT;
`;
}
