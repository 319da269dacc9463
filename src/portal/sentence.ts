import type { PortalEvent } from "../core/portal/events";

/** An event as the log says it. */
export function sentenceOfEvent(event: PortalEvent): string {
    const { type, by, access, address, until, why, isBreakGlass } = event;
    const parts = [
        by?.name,
        type.replace(/^portal\./, "").replaceAll("-", " "),
        access,
        forWhom(event),
        isBreakGlass === true ? "by break-glass" : undefined,
        address === undefined ? undefined : `from ${address}`,
        until === undefined ? undefined : `until ${until}`,
        why === undefined ? undefined : `(${why})`,
    ];
    return parts.filter((part) => part !== undefined).join(" ");
}

/** Nothing where somebody acts for themselves, unless grants name them by something else than the provider does. */
function forWhom({ by, user, holder }: PortalEvent): string | undefined {
    if (holder !== undefined)
        return user === undefined || user === holder ? `for ${holder}` : `for ${holder} (${user})`;
    return user === undefined || user === by?.name || user === by?.sub ? undefined : `for ${user}`;
}
