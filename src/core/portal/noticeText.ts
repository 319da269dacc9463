import { durationText, formatDuration } from "./duration";
import type { PortalGrant, PortalRequest } from "./types";

/** A message to people, and the same for programs. */
export interface NoticeText {
    readonly text: string;
    readonly data: Readonly<Record<string, unknown>>;
}

/** `Ana requests Payroll for 4 h, ticket INC-4711: the import fails`. @param title Of the access, as people know it. */
export function requestedText(request: PortalRequest, title: string): NoticeText {
    const { holder, durationMs, requestedBy, extendsGrant, id } = request;
    const who = requestedBy === undefined ? holder.name : `${requestedBy.name}, for ${holder.name},`;
    const long = `${extendsGrant === undefined ? "for" : "to be extended to"} ${durationText(durationMs)}`;
    return {
        text: `${who} requests ${title} ${long}${whyText(request)}`,
        data: { ...dataOf(request, title), request: id, duration: formatDuration(durationMs) },
    };
}

/** `Lea approved Payroll for 4 h for Ana, ticket INC-4711: the import fails` */
export function approvedText(request: PortalRequest, title: string): NoticeText {
    const { holder, durationMs, approvals, id } = request;
    const who = approvals.map(({ name }) => name).join(" and ");
    return {
        text: `${who} approved ${title} for ${durationText(durationMs)} for ${holder.name}${whyText(request)}`,
        data: { ...dataOf(request, title), request: id, duration: formatDuration(durationMs), approvedBy: who },
    };
}

/** `Lea denied Ana Payroll for 4 h: not today` */
export function deniedText(request: PortalRequest, title: string): NoticeText {
    const { holder, durationMs, decidedBy, note, id } = request;
    return {
        text: `${decidedBy} denied ${holder.name} ${title} for ${durationText(durationMs)}${note === undefined ? "" : `: ${note}`}`,
        data: {
            ...dataOf(request, title),
            request: id,
            duration: formatDuration(durationMs),
            decidedBy,
            ...(note !== undefined && { note }),
        },
    };
}

/** `Ana has Payroll for 4 h until 2026-12-01T16:00:00.000Z, granted by Adam, ticket INC-4711: the import fails` */
export function grantedText(grant: PortalGrant, title: string): NoticeText {
    const { holder, isBreakGlass = false, startsAtMs, expiresAtMs, grantedBy } = grant;
    const durationMs = expiresAtMs - startsAtMs;
    const isLater = startsAtMs > grant.createdAtMs;
    const what = isBreakGlass ? `used break-glass for ${title}` : `${isLater ? "was granted" : "has"} ${title}`;
    const by = grantedBy === undefined ? "" : `, granted by ${grantedBy}`;
    const from = isLater ? ` from ${momentOf(startsAtMs)}` : "";
    return {
        text: `${holder.name} ${what} for ${durationText(durationMs)}${from} until ${momentOf(expiresAtMs)}${by}${whyText(grant)}`,
        data: {
            ...grantData(grant, title),
            duration: formatDuration(durationMs),
            ...(isLater && { from: momentOf(startsAtMs) }),
        },
    };
}

function whyText({ reason, ticket }: Pick<PortalGrant, "reason" | "ticket">): string {
    return `${ticket === undefined ? "" : `, ticket ${ticket}`}${reason === undefined ? "" : `: ${reason}`}`;
}

/** What a program hears of a grant. */
export function grantData(grant: PortalGrant, title: string): NoticeText["data"] {
    const { grantedBy, id, endedAtMs, endedBecause, expiresAtMs } = grant;
    return {
        ...dataOf(grant, title),
        grant: id,
        until: momentOf(endedAtMs ?? expiresAtMs),
        ...(grantedBy !== undefined && { grantedBy }),
        ...(endedBecause !== undefined && { why: endedBecause }),
    };
}

function dataOf(row: PortalGrant | PortalRequest, title: string) {
    const { access, holder, reason, ticket } = row;
    const requestedBy = "requestedBy" in row ? row.requestedBy?.name : undefined;
    return {
        access,
        title,
        name: holder.name,
        ...(holder.user !== undefined && { user: holder.user }),
        ...(reason !== undefined && { reason }),
        ...(ticket !== undefined && { ticket }),
        ...(requestedBy !== undefined && { requestedBy }),
    };
}

/** What its reader can do in the portal, as the words of a link; undefined where there is nothing to do. */
export function nextStep(event: string): string | undefined {
    return NEXT_STEPS[event];
}

const NEXT_STEPS: Readonly<Record<string, string>> = {
    requested: "Approve or deny it in the portal",
    "break-glass": "Review it in the portal",
    starting: "See it in the portal",
    ending: "Extend it in the portal",
};

/** The text with moments as people write them: `until 2026-12-01 16:00 UTC`. */
export function readableMoments(text: string): string {
    return text.replace(/\b(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\d(?:\.\d{1,3})?Z/g, "$1 $2 UTC");
}

function momentOf(ms: number): string {
    return new Date(ms).toISOString();
}
