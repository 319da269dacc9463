import { type Cover, coverageOf } from "../addresses/coverage";
import { formatSpan, type Span } from "../addresses/ip";
import { coversSpan, mergeSpans, separateSpans, subtractSpans } from "../addresses/spans";
import type { ChangedGrant } from "../grants/grantChanges";
import { indexOf } from "../grants/grantIndex";
import { endOf, type Grant, isActive, isExpired } from "../grants/grants";
import { userKey } from "./denials";

/** The part of an unusable entry from which losses are found. */
export interface UnusableEntry {
    readonly id: string;
    /** Whether it has no id that can be read, or that of an earlier entry. @default false */
    readonly isNameless?: true;
    /** Its addresses, where they can be read. */
    readonly spans?: readonly Span[];
}

/** The input for finding losses. The caller reads the clock. */
export interface LossInput {
    /** The grants of the new reading that the current settings admit to this membership; active or not. */
    readonly next: readonly Grant[];
    /** Entries of the new reading that cannot be used. */
    readonly unusable?: readonly UnusableEntry[];
    /** Why a grant of the reading is not in `next`; undefined where the reading does not have it. */
    readonly excluded?: (id: string) => "deselected" | "limit" | undefined;
    /** Entries of zones without a memory. Each counts like a known active grant that has no end. */
    readonly entries?: readonly Span[];
    /** Static gateways as they are configured now. */
    readonly staticGateways?: readonly Span[];
    /** Whether grants are bound to users: then a user counts like an address. @default false */
    readonly isBound?: boolean;
    /** Whether the Okta sessions of users without a grant are ended: then a user counts like an address. @default false */
    readonly endsSessions?: boolean;
    /** Identifies a user by any of the names that grants give them. @default userKey */
    readonly idOfUser?: (user: string) => string;
    /** Whether a grant is denied: then it does not replace another one. @default none is denied */
    readonly isDenied?: (grant: Grant) => boolean;
    /** Milliseconds since 1970 in UTC. */
    readonly nowMs: number;
}

/** A known active grant, or an entry, that would lose addresses. */
export interface Loss {
    /** See `itemOf`. */
    readonly item: string;
    /** The grant as it was known; undefined for an entry. */
    readonly grant: Grant | undefined;
    readonly why: LossReason;
    /** The addresses that it would lose, now or before its known end. */
    readonly spans: readonly Span[];
    /** What it would lose where its addresses stay: with bound grants the user's membership of the group, else its user. @default addresses */
    readonly only?: "group" | "user";
}

/**
 *   gone         it is not in the reading
 *   unusable     it is unusable in the reading
 *   shortened    it would end earlier than was known
 *   postponed    it would start later than now
 *   moved        it has other addresses
 *   user         it has another user, and the one it had is left without an active grant
 *   deselected   its labels no longer fit the selector
 *   limit        a limit of the settings no longer admits it
 *   unexplained  an entry of a zone without a memory, which no grant admits
 */
export type LossReason =
    | "gone"
    | "unusable"
    | "shortened"
    | "postponed"
    | "moved"
    | "user"
    | "deselected"
    | "limit"
    | "unexplained";

/** Whether a loss is a removal once it is accepted. An unusable grant is not removed: it stays as it was known. */
export function isRemoval({ why }: Loss): boolean {
    return why !== "unusable";
}

/** Identifies what may be held, in memory, confirmations and messages: `grant g-101` or `entry 203.0.113.7/32`. */
export function itemOf(held: { readonly grant: string } | { readonly entry: Span }): string {
    return "grant" in held ? `grant ${held.grant}` : `entry ${formatSpan(held.entry)}`;
}

/** The id of the grant that an item names; undefined for an entry. */
export function grantOfItem(item: string): string | undefined {
    return item.startsWith("grant ") ? item.slice("grant ".length) : undefined;
}

/** An entry of a zone without a memory, and the part of it that counts. */
export interface OpenEntry {
    readonly entry: Span;
    readonly left: readonly Span[];
}

/** The entries without the addresses of grants in the reading that have ended: such an end counts as known. */
export function openEntries({ entries = [], next, nowMs }: LossInput): readonly OpenEntry[] {
    if (entries.length === 0) return [];
    const active = mergeSpans(next.filter((grant) => isActive(grant, nowMs)).flatMap(({ spans }) => spans));
    const over = mergeSpans(next.filter((grant) => isExpired(grant, nowMs)).flatMap(({ spans }) => spans));
    const ended = mergeSpans(over.flatMap((span) => subtractSpans(span, active)));
    const open = entries.map((entry) => ({ entry, left: subtractSpans(entry, ended) }));
    return open.filter(({ left }) => left.length > 0);
}

/** Finds what changes would take away, and from which grant or entry. */
export function lossesBy(input: LossInput & { readonly lasting: readonly Grant[] }) {
    const { next, lasting, unusable = [], excluded, isDenied = () => false, nowMs } = input;
    const { idOfUser = userKey, isBound = false, endsSessions = false } = input;
    const only = isBound ? "group" : "user";
    const lastingIds = new Set(lasting.map(({ id }) => id));

    const whyLost = (change: ChangedGrant, was: Grant) =>
        change.change === "withdrawn" && lastingIds.has(was.id)
            ? "unusable"
            : whyGone(change, was, excluded?.(was.id), nowMs);

    return {
        grants(changes: readonly ChangedGrant[]): Loss[] {
            const candidates = mayLose(changes, isDenied, nowMs);
            if (candidates.length === 0) return [];
            const missing = coverageNear(
                input,
                candidates.flatMap(({ was }) => was.spans),
            );
            const users = usersIn([...next, ...lasting], nowMs, candidates, idOfUser);
            const endOfUser =
                isBound || endsSessions ? userEnds([...next, ...lasting], nowMs, isDenied, idOfUser) : () => Infinity;
            return candidates.flatMap(({ change, was }): Loss[] => {
                const spans = separateSpans(was.spans.flatMap((span) => missing(span, endOf(was))));
                const item = itemOf({ grant: was.id });
                const isUserLost = was.user !== undefined && endOfUser(idOfUser(was.user)) < endOf(was);
                if (spans.length > 0) return [{ item, grant: was, why: whyLost(change, was), spans }];
                if (isUserLost)
                    return [{ item, grant: was, why: userInstead(whyLost(change, was)), ...onlyUser(was, only) }];
                const isLeft = change.change === "changed" && was.user !== undefined && !users.has(idOfUser(was.user));
                return isLeft ? [{ item, grant: was, why: "user", ...onlyUser(was, only) }] : [];
            });
        },
        entries(entries: readonly OpenEntry[]): Loss[] {
            if (entries.length === 0) return [];
            const missing = coverageNear(
                input,
                entries.flatMap(({ left }) => left),
            );
            const doubtful = mergeSpans(unusable.flatMap(({ spans = [] }) => spans));
            return entries.flatMap(({ entry, left }): Loss[] => {
                const spans = left.flatMap((span) => missing(span, -Infinity));
                if (spans.length === 0) return [];
                const isDoubtful = spans.every((span) => coversSpan(doubtful, span));
                const why = isDoubtful ? "unusable" : "unexplained";
                return [{ item: itemOf({ entry }), grant: undefined, why, spans }];
            });
        },
    };
}

/** What the next grants hold of these addresses, and until when. */
function coverageNear(
    { next, staticGateways = [], isDenied = () => false, nowMs }: LossInput,
    spans: readonly Span[],
): ReturnType<typeof coverageOf> {
    const holding = indexOf(next)
        .touching(mergeSpans(spans))
        .filter((grant) => isActive(grant, nowMs) && !isDenied(grant));
    const covers: Cover[] = staticGateways.map((span) => ({ ...span, untilMs: Infinity }));
    for (const { spans: held, expiresAtMs = Infinity } of holding) {
        for (const span of held) covers.push({ ...span, untilMs: expiresAtMs });
    }
    return coverageOf(covers);
}

/** The changes of known active grants, but for those that lose nothing. */
function mayLose(changes: readonly ChangedGrant[], isDenied: (grant: Grant) => boolean, nowMs: number) {
    const candidates: { readonly change: ChangedGrant; readonly was: Grant }[] = [];
    for (const change of changes) {
        const { was, grant } = change;
        if (was === undefined || !isActive(was, nowMs) || isDenied(was)) continue;
        if (!isExtended(change, was) || !isActive(grant, nowMs)) candidates.push({ change, was });
    }
    return candidates;
}

/** Whether it keeps its addresses and user for as long. Most changes of many grants are such, and need no look at others. */
function isExtended({ change, grant }: ChangedGrant, was: Grant): boolean {
    return (
        change === "changed" &&
        grant.user === was.user &&
        endOf(grant) >= endOf(was) &&
        was.spans.every(({ low, high }, index) => {
            const span = grant.spans[index];
            return span?.low === low && span.high === high;
        })
    );
}

/** The users that have an active grant next; empty where no change is about a user. */
function usersIn(
    next: readonly Grant[],
    nowMs: number,
    candidates: readonly { readonly change: ChangedGrant; readonly was: Grant }[],
    idOfUser: (user: string) => string,
): ReadonlySet<string> {
    const isAbout = candidates.some(({ change, was }) => change.change === "changed" && change.grant.user !== was.user);
    if (!isAbout) return new Set(candidates.flatMap(({ was }) => (was.user === undefined ? [] : [idOfUser(was.user)])));
    return new Set(
        next.flatMap((grant) => (grant.user !== undefined && isActive(grant, nowMs) ? [idOfUser(grant.user)] : [])),
    );
}

function whyGone(
    change: ChangedGrant,
    was: Grant,
    excluded: "deselected" | "limit" | undefined,
    nowMs: number,
): LossReason {
    if (change.change === "withdrawn") return excluded ?? "gone";
    const { grant } = change;
    if (!isActive(grant, nowMs)) return isExpired(grant, nowMs) ? "shortened" : "postponed";
    return endOf(grant) < endOf(was) ? "shortened" : "moved";
}

/** The addresses stay with the user, so that the grant remains whole until the loss is confirmed. */
function onlyUser({ spans }: Grant, only: "group" | "user"): Pick<Loss, "spans" | "only"> {
    return { spans: [...spans], only };
}

/** If another grant keeps the addresses, the loss is that of the user, who would leave the group or be signed out. */
function userInstead(why: LossReason): LossReason {
    return why === "moved" ? "user" : why;
}

/** Until when each user has an active grant, by their id; -Infinity for one who has none. */
function userEnds(
    next: readonly Grant[],
    nowMs: number,
    isDenied: (grant: Grant) => boolean,
    idOfUser: (user: string) => string,
) {
    const ends = new Map<string, number>();
    for (const grant of next) {
        if (grant.user === undefined || !isActive(grant, nowMs) || isDenied(grant)) continue;
        const key = idOfUser(grant.user);
        ends.set(key, Math.max(ends.get(key) ?? -Infinity, endOf(grant)));
    }
    return (key: string) => ends.get(key) ?? -Infinity;
}
