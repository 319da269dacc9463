import { toNumber } from "../../core/addresses/ip";
import type { DocumentLimits } from "../../core/grants/grantAddresses";
import type { Grant } from "../../core/grants/grants";
import type { Unusable } from "../../core/grants/grantsDocument";
import { entryReader, type Reading } from "../../core/grants/grantsDocument";
import type { PortalState } from "../../core/portal/state";
import type { PortalGrant, SessionRevocation } from "../../core/portal/types";
import type { GrantSource } from "../source";
import { unreadable } from "../unreadable";
import type { PortalStore } from "./portalStore";
import type { EndedGrants } from "./storeMemory";

export interface PortalSourceOptions {
    readonly store: PortalStore;
    readonly limits: DocumentLimits;
    readonly now: () => number;
}

/** A source whose admins may also end a user's Okta sessions. */
export interface PortalGrantSource extends GrantSource {
    /** The orders by their ids. @throws `source-unreadable` */
    sessionRevocations(signal: AbortSignal): Promise<ReadonlyMap<string, SessionRevocation>>;
    /** Hears that a read found other orders than the one before. */
    onRevocations(listener: () => void): void;
}

export function isPortalSource(source: GrantSource): source is PortalGrantSource {
    return "sessionRevocations" in source;
}

/** A grant that reached its end stays in the document for so long: its end was known, and is an expiry then. */
const EXPIRED_MS = 3_600_000;

/**
 * The grants of a portal. All of them are made by name, and a revoked one was removed by name: such a removal is
 * deliberate, and never held.
 *
 *   the store has a grant that                    the reading has it
 *   is in force or starts later                   as it is, `named.set`
 *   waits for its owner to confirm the address    not at all
 *   expired within the hour                       as it is
 *   was revoked, or lost by a rule, or is known   not at all, `named.removed`
 *   to have been, before the store was restored
 */
export function portalSource({ store, limits, now }: PortalSourceOptions): PortalGrantSource {
    const name = `portal, kept in ${store.name}`;
    const listeners = new Set<() => void>();
    let orders = 0;
    return {
        name,
        async read(signal) {
            try {
                const state = await store.read(signal);
                const isNews = state.revocations.size !== orders;
                orders = state.revocations.size;
                if (isNews) for (const listener of listeners) listener();
                return readingOf(state, limits, now(), store.endedGrants());
            } catch (cause) {
                // The cause names the store.
                return unreadable("the portal", cause, signal, () => undefined);
            }
        },
        onRevocations: (listener) => void listeners.add(listener),
        sessionRevocations: async (signal) => new Map((await store.read(signal)).revocations),
        watch: (wake, signal) => store.watch(wake, signal),
        close: () => store.close(),
    };
}

/** @param endedGrants Known to have been ended, whatever the store says of them now. */
export function readingOf(
    state: PortalState,
    limits: DocumentLimits,
    nowMs: number,
    endedGrants: EndedGrants = {},
): Reading {
    const readEntry = entryReader(limits);
    const grants: Grant[] = [];
    const unusable: Unusable[] = [];
    const [set, removed] = [new Set<string>(), new Set<string>()];
    let position = 0;
    for (const [id, grant] of state.grants) {
        position += 1;
        if (grant.endedAtMs !== undefined || Object.hasOwn(endedGrants, id)) {
            removed.add(id);
            continue;
        }
        if (grant.isUnconfirmed === true || isLongOver(grant, nowMs)) continue;
        set.add(id);
        const read = rowProblem(id, grant) ?? readEntry(entryOf(grant), position);
        if ("field" in read) unusable.push(read);
        else grants.push({ ...read, ...(typeof grant.requestId === "string" && { request: grant.requestId }) });
    }
    return { grants, unusable, named: { set, removed } };
}

function isLongOver({ expiresAtMs }: PortalGrant, nowMs: number): boolean {
    return typeof expiresAtMs === "number" && expiresAtMs < nowMs - EXPIRED_MS;
}

/**
 * Rows that no portal writes. A process that can write the store can write any row, and one that is malformed must not keep the agent from
 * the others. A portal grants the single address of a visitor; anything wider was added by something else.
 */
function rowProblem(key: string, { id, addresses }: Partial<PortalGrant>): Unusable | undefined {
    if (id !== key) return { id: key, field: "id", reason: "is not the key of its row in the store" };
    const isSingles =
        Array.isArray(addresses) &&
        addresses.length > 0 &&
        addresses.every((address) => typeof address === "string" && toNumber(address) !== undefined);
    if (isSingles) return undefined;
    return { id, field: "ip", reason: "is not a list of single IPv4 addresses, which is all that a portal grants" };
}

/** @returns what the reader of entries judges, whatever the row has */
function entryOf({ id, holder, addresses, startsAtMs, expiresAtMs, reason, ticket, labels }: PortalGrant) {
    const why = [ticket, reason].filter((text) => typeof text === "string").join(": ");
    return {
        id,
        ip: addresses,
        startsAt: momentOf(startsAtMs),
        expiresAt: momentOf(expiresAtMs),
        labels,
        ...(holder?.user !== undefined && { user: holder.user }),
        ...(why !== "" && { reason: why.slice(0, 1000) }),
    };
}

/** The latest moment that a date can be, in milliseconds since 1970. */
const LATEST_MS = 8.64e15;

/** @returns a text that is no moment for a value that is none */
function momentOf(ms: unknown): string {
    const isMoment = typeof ms === "number" && Math.abs(ms) <= LATEST_MS;
    return isMoment ? new Date(ms).toISOString() : (JSON.stringify(ms) ?? "nothing");
}
