import { randomOf } from "../random";

/** What happens to a group in a simulated world, in the order of the moments, which are milliseconds since it began. */
export type GroupEvent = { readonly atMs: number } & (
    | { readonly type: "grant"; readonly user: string; readonly untilMs: number }
    | { readonly type: "revoke"; readonly user: string }
    | { readonly type: "foreign"; readonly change: "add" | "remove"; readonly user: string }
    | { readonly type: "crash" }
    | { readonly type: "trouble"; readonly untilMs: number }
);

export interface GroupHistory {
    readonly seed: number;
    /** Members before the agent begins, whom nobody has granted. */
    readonly strangers: readonly string[];
    /** Grants that are there from the beginning. */
    readonly granted: readonly string[];
    readonly events: readonly GroupEvent[];
}

/** After this nothing happens any more, so that each history ends with a quiet time. */
export const EVENTS_MS = 6 * 60_000;
export const END_MS = 12 * 60_000;

const USERS = ["ana", "ben", "cyd", "dan", "eva"];

/** A history that a seed determines. A part of the members at the beginning gets a grant later. */
export function groupHistoryOf(seed: number): GroupHistory {
    const random = randomOf(seed);
    const strangers = USERS.filter(() => random.chance(0.3));
    const granted = USERS.filter(() => random.chance(0.4));
    const events = Array.from({ length: random.between(4, 14) }, (): GroupEvent => {
        const [atMs, user] = [random.between(0, EVENTS_MS), random.pick(USERS)];
        const kind = random.next();
        if (kind < 0.3) return { type: "grant", atMs, user, untilMs: atMs + random.between(1000, 4 * 60_000) };
        if (kind < 0.5) return { type: "revoke", atMs, user };
        if (kind < 0.65) return { type: "foreign", atMs, user, change: random.pick(["add", "remove"] as const) };
        if (kind < 0.8) return { type: "crash", atMs };
        return { type: "trouble", atMs, untilMs: atMs + random.between(1000, 60_000) };
    });
    return { seed, strangers, granted, events: events.sort((a, b) => a.atMs - b.atMs) };
}
