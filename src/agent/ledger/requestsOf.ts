import { userKey } from "../../core/membership/denials";
import type { LedgerEvent, Line } from "./line";
import { isOfPortal } from "./trace";

/** A request of a person, or from an address. */
export interface FoundRequest {
    readonly request: string;
    /** When it was made: RFC 3339 in UTC. */
    readonly at: string;
    readonly access?: string;
}

/** What makes a request; what else has its id follows from it. */
const MADE: readonly LedgerEvent["type"][] = ["portal.requested", "portal.granted", "portal.refused"];

/**
 * Finds requests by what else is known of them: the login, name or user id of a person, or an address.
 *
 * @returns the requests in the order of the ledger, each once
 */
export function openRequestsOf(name: string): { add(line: Pick<Line, "event" | "at">): void; found(): FoundRequest[] } {
    const wanted = userKey(name);
    const isWanted = (text: string | undefined) => text !== undefined && userKey(text) === wanted;
    const subjects = new Set<string>();
    const found = new Map<string, FoundRequest>();
    return {
        add({ event, at }) {
            if (!isOfPortal(event)) return;
            const { by, holder, user, address, request, access, type, login } = event;
            if (by !== undefined && isWanted(login)) subjects.add(by.sub);
            if (request === undefined || !MADE.includes(type) || found.has(request)) return;
            const texts = [by?.name, by?.sub, holder, user, address];
            const isTheirs = texts.some(isWanted) || [by?.sub, user].some((text) => subjects.has(text ?? ""));
            if (isTheirs) found.set(request, { request, at, ...(access !== undefined && { access }) });
        },
        found: () => [...found.values()],
    };
}
