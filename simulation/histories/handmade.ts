import type { Event, EventOf, History } from "../history";

/** A world in which all is well but for these events: one zone, one agent, many requests, sessions are ended. */
export function handmade(events: readonly Event[], world: Partial<Omit<History, "events">> = {}): History {
    const sorted = [...events].sort((a, b) => a.atMs - b.atMs);
    return {
        seed: 1,
        zones: 1,
        agents: 1,
        limit: 600,
        share: 50,
        staticGateways: [],
        onRevoke: "clear-sessions",
        ledger: { rotateBytes: 1_000_000, keepFiles: 0 },
        endsAtMs: (sorted.at(-1)?.atMs ?? 0) + AFTER_MS,
        ...world,
        events: sorted,
    };
}

/** What failed is tried again for so long, and it takes so long until somebody leads again. */
const AFTER_MS = 600_000;

/** A grant of one address that the source says at once. */
export function granted(
    atMs: number,
    id: string,
    user: string,
    host: number,
    more: Partial<EventOf<"grant">> = {},
): EventOf<"grant"> {
    return { atMs, kind: "grant", id, user, ranges: [`198.51.100.${host}/32`], hint: "at once", ...more };
}

export function withdrawn(atMs: number, id: string): EventOf<"withdraw"> {
    return { atMs, kind: "withdraw", id, hint: "at once" };
}
