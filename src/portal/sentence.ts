import type { PortalEvent } from "../core/portal/events";

/** An event as the log says it. */
export function sentenceOfEvent({ type, by, access, address, user, until, why }: PortalEvent): string {
    const parts = [
        by?.name,
        type.replace(/^portal\./, "").replaceAll("-", " "),
        access,
        user !== undefined && user !== by?.name ? `for ${user}` : undefined,
        address === undefined ? undefined : `from ${address}`,
        until === undefined ? undefined : `until ${until}`,
        why === undefined ? undefined : `(${why})`,
    ];
    return parts.filter((part) => part !== undefined).join(" ");
}
