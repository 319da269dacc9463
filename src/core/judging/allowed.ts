/**
 * Changes that evict users or admit everyone, which a protected stack makes only if
 * `zonekeeper:allow` names them.
 *
 *   name           what it allows
 *   destroy        to delete the created policy, which puts its apps on the org's default one; and zones
 *   remove-zone    to delete a zone that admits users
 *   fewer-shards   to remove and delete a shard whose entries have no room in the others
 *   blocklist      to turn a zone that admits users into a blocklist, which refuses them
 */
export const ALLOWED = ["destroy", "remove-zone", "fewer-shards", "blocklist"] as const;

export type Allowed = (typeof ALLOWED)[number];

/** Whether it is one of the names. */
export function isAllowedName(text: string): text is Allowed {
    return (ALLOWED as readonly string[]).includes(text);
}

/** The end of a refusal: how to allow it by name. */
export function askFor(name: Allowed): string {
    return `if that is meant, add ${name} to zonekeeper:allow`;
}
