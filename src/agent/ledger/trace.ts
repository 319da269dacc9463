import type { PortalEvent } from "../../core/portal/events";
import type { LedgerEvent, Line } from "./line";
import { openPresence, type Presence } from "./presence";

/** What belongs to a portal request, by the lines of the portal. */
export interface Traced {
    /** The traced request, and the requests that change its grants. */
    readonly requests: ReadonlySet<string>;
    /** The ids of grants, and of requests that waited. */
    readonly grants: ReadonlySet<string>;
    /** The sessions in which it was requested or decided. */
    readonly sessions: ReadonlySet<string>;
}

/**
 * Collects what belongs to a request: each line of the portal with its id, or with the id of one of its grants, adds to it.
 *
 * @param name The id of a request, `r-…`, or of a grant, `g-…`.
 */
export function openTrace(name: string): { add(event: LedgerEvent): void; traced(): Traced } {
    const [requests, grants, sessions] = [new Set([name]), new Set([name]), new Set<string>()];
    return {
        add(event) {
            if (!isOfPortal(event)) return;
            const { request, grant, session } = event;
            const isIn = (request !== undefined && requests.has(request)) || (grant !== undefined && grants.has(grant));
            if (!isIn) return;
            if (request !== undefined) requests.add(request);
            if (grant !== undefined) grants.add(grant);
            if (session !== undefined) sessions.add(session);
        },
        traced: () => ({ requests, grants, sessions }),
    };
}

/** A line of the story, without what it says of others. */
export interface Picked extends Presence {
    readonly event: LedgerEvent;
}

/**
 * Selects the lines about a request. They have to come in the order in which they were written.
 *
 *   line                                   selected if
 *   portal.*                               its request or its grant is one of them
 *   portal.signed-in                       the request was made or decided in its session
 *   grants.accepted                        a grant is among the changed ones; the others are left out
 *   write.intended, member.intended        a grant is a cause of it; other changes of the zone are left out
 *   write.accepted and later ones          it is about such a write
 *   any other of the agent                 it names a grant or a request
 */
export function openPick(traced: Traced): (line: Line) => Picked | undefined {
    const pick = openEventPick(traced);
    const presence = openPresence();
    return (line) => {
        const event = pick(line);
        const found = presence(line, event);
        return event === undefined ? undefined : { event, ...found };
    };
}

function openEventPick({ requests, grants, sessions }: Traced): (line: Line) => LedgerEvent | undefined {
    const writes = new Set<string>();
    const isTheirs = (each: { readonly id?: string; readonly request?: string }) =>
        (each.id !== undefined && grants.has(each.id)) || (each.request !== undefined && requests.has(each.request));

    return ({ event }) => {
        if (isOfPortal(event)) {
            const { request = "", grant = "", session = "", type } = event;
            const isIn = requests.has(request) || grants.has(grant);
            return isIn || (type === "portal.signed-in" && sessions.has(session)) ? event : undefined;
        }
        if (event.type === "grants.accepted") {
            const changed = event.changed.filter(isTheirs);
            return changed.length === 0 ? undefined : { ...event, changed };
        }
        if (event.type === "write.intended") {
            const changes = event.changes.filter((change) => change.grants.some(isTheirs));
            if (changes.length === 0) return undefined;
            writes.add(event.write);
            return { ...event, changes };
        }
        if (event.type === "member.intended") {
            if (!event.grants.some(isTheirs)) return undefined;
            writes.add(event.write);
            return event;
        }
        if ("write" in event) return writes.has(event.write) ? event : undefined;
        return namesOf(event).some(isTheirs) ? event : undefined;
    };
}

interface Naming {
    readonly id?: string;
    readonly grant?: string;
    readonly request?: string;
    readonly grants?: unknown;
}

/** The grants and requests that an event names by its own fields. */
function namesOf(event: LedgerEvent): readonly { readonly id?: string; readonly request?: string }[] {
    const { id, grant, request, grants } = event as Naming;
    const listed = (Array.isArray(grants) ? grants : []).map((each) =>
        typeof each === "string" ? { id: each } : each,
    );
    return [
        { ...(id !== undefined && { id }), ...(request !== undefined && { request }) },
        ...(grant === undefined ? [] : [{ id: grant }]),
        ...listed,
    ];
}

export function isOfPortal(event: LedgerEvent): event is PortalEvent {
    return event.type.startsWith("portal.");
}
