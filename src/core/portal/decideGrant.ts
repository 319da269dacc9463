import { durationText } from "./duration";
import { noSuchAccess, type Refusal, refusal } from "./refusal";
import { type AccessSettings, isEligible } from "./settings/portalSettings";
import { type Holder, isLive, isSame, type PortalGrant, type PortalRequest } from "./types";
import { isBlank } from "./visible";

/** What a person asks for. */
export interface Ask {
    readonly durationMs?: number | undefined;
    readonly startsAtMs?: number | undefined;
    readonly reason?: string | undefined;
    readonly ticket?: string | undefined;
    readonly isBreakGlass?: boolean | undefined;
}

/** All that a decision about a request needs. */
export interface Asking {
    readonly access: AccessSettings;
    readonly ask: Ask;
    readonly holder: Holder;
    /** Of the holder; for a workload, none: what it may request is named in the settings. */
    readonly groups: readonly string[];
    /** For a workload: whether the settings name the access. */
    readonly isWorkload?: boolean;
    /** The longest grant that a workload may have. */
    readonly mostMs?: number | undefined;
    /** The admin who asks for the holder; undefined where the holder asks. */
    readonly by?: (Holder & { readonly isAdmin: true }) | undefined;
    readonly address: string;
    /** Why nobody can be granted the address; undefined where they can. */
    readonly addressProblem: string | undefined;
    /** Every grant and request that is known; those of others do not count. */
    readonly grants: Iterable<PortalGrant>;
    readonly requests: Iterable<PortalRequest>;
    readonly maxAddresses: number;
    /** The session whose login grants it. */
    readonly session?: string | undefined;
    readonly nowMs: number;
    /** New names: for the grant or the request, and for the ledgers. */
    readonly id: string;
    readonly requestId: string;
}

export type Decision =
    | { readonly result: "granted"; readonly grant: PortalGrant }
    /** `replaces`: requests of the same holder for the same access, which are withdrawn. */
    | { readonly result: "waits"; readonly request: PortalRequest; readonly replaces: readonly PortalRequest[] }
    | Refusal;

/** The furthest ahead that a grant may start, and how far in the past still counts as now. */
const [MOST_AHEAD_MS, LATE_MS] = [7 * 86_400_000, 60_000];

const LONGEST_REASON = 1000;

type Check = (asking: Asking) => Refusal | undefined;

/**
 * In this order: who, what for, how long, from where. The first check that finds something decides, so that nobody learns of
 * an access that is not for them by its rules.
 */
const CHECKS: readonly Check[] = [isForHolder, hasReason, hasTicket, hasDuration, hasStart, hasAddress, hasRoom];

/**
 * What becomes of a request.
 *
 *   access            break-glass asked   result
 *   without approval  no                  granted
 *   with approval     no                  waits; a request of before for the same access is withdrawn
 *   any               yes, and may        granted, for the duration of break-glass at most
 *   any               yes, and may not    refused
 */
export function decideGrant(asking: Asking): Decision {
    for (const check of CHECKS) {
        const found = check(asking);
        if (found !== undefined) return found;
    }
    const { access, ask } = asking;
    return access.approval === undefined || ask.isBreakGlass === true ? granted(asking) : waits(asking);
}

function isForHolder({ access, ask, holder, groups, by, isWorkload = false }: Asking): Refusal | undefined {
    const person = { groups, user: holder.user ?? "" };
    if (ask.isBreakGlass === true) {
        if (by !== undefined) return refusal("not-allowed", "break-glass is for oneself only");
        const may = access.breakGlass !== undefined && !isWorkload && isEligible(access.breakGlass.eligible, person);
        if (may) return undefined;
        const knowing = [access.eligible, access.approval?.approvers];
        const isKnown = isWorkload || knowing.some((who) => who !== undefined && isEligible(who, person));
        return isKnown
            ? refusal("not-allowed", "you may not use break-glass for this access")
            : noSuchAccess(access.name);
    }
    // An admin may grant to anybody; approvers decide all the same where there are any.
    return by !== undefined || isWorkload || isEligible(access.eligible, person)
        ? undefined
        : noSuchAccess(access.name);
}

function hasReason({ access, ask, by }: Asking): Refusal | undefined {
    const { reason = "" } = ask;
    if (reason.length > LONGEST_REASON) {
        return refusal("rules", `the reason is longer than ${LONGEST_REASON} characters`);
    }
    if (!isBlank(reason)) return undefined;
    if (ask.isBreakGlass === true) return refusal("rules", "break-glass needs a reason: say what has happened");
    if (by !== undefined) return refusal("rules", "a grant for another person needs a reason");
    return access.reason === "required" ? refusal("rules", `${access.title} needs a reason`) : undefined;
}

function hasTicket({ access, ask }: Asking): Refusal | undefined {
    const { ticket = "" } = ask;
    if (ticket.length > 200) return refusal("rules", "the ticket is longer than 200 characters");
    if (access.ticket === undefined || ask.isBreakGlass === true) return undefined;
    if (ticket === "") return refusal("rules", `${access.title} needs a ticket`);
    return access.ticket.isWhole(ticket)
        ? undefined
        : refusal("rules", "the ticket does not look like one that is taken");
}

function hasDuration(asking: Asking): Refusal | undefined {
    const mostMs = longestMs(asking);
    const { durationMs = 60_000 } = asking.ask;
    if (durationMs < 60_000) return refusal("rules", "the duration is shorter than a minute");
    return durationMs > mostMs
        ? refusal("rules", `the duration is longer than ${durationText(mostMs)}, which is the most`)
        : undefined;
}

function hasStart({ ask, nowMs, isWorkload = false }: Asking): Refusal | undefined {
    const { startsAtMs } = ask;
    if (startsAtMs === undefined) return undefined;
    if (startsAtMs < nowMs - LATE_MS) return refusal("rules", "startsAt is in the past");
    if (startsAtMs > nowMs + MOST_AHEAD_MS) return refusal("rules", "startsAt is more than 7 days ahead");
    if (!isLater(startsAtMs, nowMs)) return undefined;
    if (ask.isBreakGlass === true) return refusal("rules", "break-glass starts now");
    return isWorkload ? refusal("rules", "a workload's grant starts now") : undefined;
}

function hasAddress({ addressProblem }: Asking): Refusal | undefined {
    return addressProblem === undefined ? undefined : refusal("address", addressProblem);
}

/** Each address counts once, however many grants hold it. */
function hasRoom({ grants, holder, address, maxAddresses, nowMs }: Asking): Refusal | undefined {
    const held = addressesOf(grants, holder, nowMs);
    if (held.has(address) || held.size < maxAddresses) return undefined;
    return refusal(
        "conflict",
        `you hold grants from ${held.size === 1 ? "1 address" : `${held.size} addresses`}, which is the most: give one back first`,
    );
}

export function addressesOf(grants: Iterable<PortalGrant>, holder: Holder, nowMs: number): Set<string> {
    const held = new Set<string>();
    // Without a copy of all grants: there may be tens of thousands, and each request looks at them.
    for (const grant of grants) {
        if (!isSame(grant.holder, holder) || !isLive(grant, nowMs)) continue;
        for (const address of grant.addresses) held.add(address);
    }
    return held;
}

function longestMs({ access, ask, mostMs = Infinity }: Asking): number {
    const { maxMs } = access.duration;
    return Math.min(mostMs, ask.isBreakGlass === true ? (access.breakGlass?.durationMs ?? maxMs) : maxMs);
}

/** What is asked for, or else what is usual. */
export function durationOf(asking: Asking): number {
    return asking.ask.durationMs ?? Math.min(asking.access.duration.usualMs, longestMs(asking));
}

function isLater(startsAtMs: number | undefined, nowMs: number): startsAtMs is number {
    return startsAtMs !== undefined && startsAtMs > nowMs;
}

function granted(asking: Asking): Decision {
    const { access, ask, holder, by, address, session, nowMs, id, requestId } = asking;
    const later = isLater(ask.startsAtMs, nowMs) ? ask.startsAtMs : undefined;
    const startsAtMs = later ?? nowMs;
    const grant: PortalGrant = {
        id,
        access: access.name,
        holder,
        addresses: [address],
        createdAtMs: nowMs,
        startsAtMs,
        expiresAtMs: startsAtMs + durationOf(asking),
        labels: access.labels,
        requestId,
        ...(later !== undefined && by === undefined && { isUnconfirmed: true }),
        ...fieldsOf(ask),
        ...(ask.isBreakGlass === true && { isBreakGlass: true }),
        ...(session !== undefined && { session }),
        ...(by !== undefined && { grantedBy: by.name }),
    };
    return { result: "granted", grant };
}

function waits(asking: Asking): Decision {
    const { access, ask, holder, by, address, nowMs, id, requestId } = asking;
    const request: PortalRequest = {
        id,
        access: access.name,
        holder,
        address,
        durationMs: durationOf(asking),
        createdAtMs: nowMs,
        decideByMs: nowMs + (access.approval?.requestTimeoutMs ?? 0),
        approvals: [],
        state: "waiting",
        requestId,
        ...(isLater(ask.startsAtMs, nowMs) && { startsAtMs: ask.startsAtMs }),
        ...fieldsOf(ask),
        ...(by !== undefined && { requestedBy: { iss: by.iss, sub: by.sub, name: by.name } }),
    };
    const replaces = [...asking.requests].filter(
        (each) =>
            each.state === "waiting" &&
            each.access === access.name &&
            each.extendsGrant === undefined &&
            isSame(each.holder, holder),
    );
    return { result: "waits", request, replaces };
}

function fieldsOf({ reason = "", ticket = "" }: Ask) {
    return {
        ...(!isBlank(reason) && { reason: reason.trim() }),
        ...(ticket !== "" && { ticket }),
    };
}
