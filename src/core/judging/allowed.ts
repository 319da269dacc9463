/**
 * What evicts somebody or lets everybody in, and so happens to a protected stack
 * only where `zonekeeper:allow` has its name.
 *
 *   name           what it allows
 *   destroy        to delete the created policy, which puts its apps on the org's default one; and zones
 *   remove-zone    to delete a zone in which somebody is
 *   fewer-shards   to take a shard away whose entries have no room in the others, and to delete it
 *   blocklist      to turn a zone that lets people in into a blocklist, which keeps them out
 */
export const ALLOWED = ["destroy", "remove-zone", "fewer-shards", "blocklist"] as const;

export type Allowed = (typeof ALLOWED)[number];

/** Whether it is one of the names. */
export function isAllowedName(text: string): text is Allowed {
    return (ALLOWED as readonly string[]).includes(text);
}

/** The end of a refusal: how to ask for it by name. */
export function askFor(name: Allowed): string {
    return `if that is meant, add ${name} to zonekeeper:allow`;
}
