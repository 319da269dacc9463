import { isLive, type PortalGrant } from "./types";

/** `starting`: a later start has come; `ending`: the end is near; `ended`: it reached its end, or was ended. */
export type DueNotice = "starting" | "ending" | "ended";

const [SOON_MS, START_MS, DAY_MS] = [15 * 60_000, 3_600_000, 86_400_000];

/**
 * What there is to say of a grant as time passes; each is said once. After an outage a start is said within an hour, and an end
 * within a day. Short grants end soon from their beginning: of those only the end is said.
 */
export function dueNotice(grant: PortalGrant, nowMs: number): DueNotice | undefined {
    const { expiresAtMs, startsAtMs, endedAtMs, createdAtMs } = grant;
    const endMs = Math.min(endedAtMs ?? Infinity, expiresAtMs);
    if (nowMs >= endMs) return nowMs < endMs + DAY_MS ? "ended" : undefined;
    if (!isLive(grant, nowMs) || nowMs < startsAtMs) return undefined;
    if (expiresAtMs - nowMs <= SOON_MS && expiresAtMs - startsAtMs > 2 * SOON_MS) return "ending";
    return startsAtMs > createdAtMs && nowMs < startsAtMs + START_MS ? "starting" : undefined;
}

/** The message, as one sentence. @param title Of the access. @param url The portal's own. */
export function dueText(notice: DueNotice, grant: PortalGrant, title: string, url: string): string {
    const { holder, expiresAtMs, isUnconfirmed, endedAtMs, endedBecause } = grant;
    const until = new Date(expiresAtMs).toISOString();
    const isAsked = isUnconfirmed === true;
    switch (notice) {
        case "starting":
            return isAsked
                ? `${holder.name}'s ${title} may begin: ${holder.name} has to confirm the address at ${url}/`
                : `${holder.name}'s ${title} begins, until ${until}`;
        case "ending":
            return `${holder.name}'s ${title} ends at ${until}`;
        default:
            if (endedAtMs !== undefined) {
                return `${holder.name} no longer has ${title}: ${endedBecause ?? "it was ended"}`;
            }
            return isAsked
                ? `${holder.name}'s ${title} reached its end; its address was never confirmed, so that it let nobody in`
                : `${holder.name} no longer has ${title}: it reached its end`;
    }
}
