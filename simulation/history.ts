/** A world and what happens in it: data, so that it can be printed, shortened and played again. */
export interface History {
    readonly seed: number;
    readonly zones: number;
    readonly agents: number;
    /** Requests a minute that the org has, and the share of them that the agent may use, in percent. */
    readonly limit: number;
    readonly share: number;
    readonly staticGateways: readonly string[];
    readonly maxRemovals?: string | undefined;
    readonly maxStaleMs?: number | undefined;
    readonly onRevoke: "keep-sessions" | "clear-sessions";
    /** Zones of the first settings, by number. @default all */
    readonly managed?: readonly number[];
    /** What zones hold when the world begins, by number; the sentinel where nothing is said. */
    readonly found?: Readonly<Record<number, readonly string[]>>;
    /** @default "hold" */
    readonly firstContact?: "hold" | "apply";
    /** The team that a grant must have in its labels. @default any */
    readonly team?: string;
    /** When somebody confirms what is held, after it was first seen; `never`: nobody does. @default 20 s */
    readonly confirmsAfterMs?: number | "never";
    /** Whether all agents are on one host and share the state folder. @default each has its own */
    readonly sharedState?: boolean;
    /** When a file of the ledger is full, and how many are kept; 0: all. */
    readonly ledger: { readonly rotateBytes: number; readonly keepFiles: number };
    /** In the order of their time. */
    readonly events: readonly Event[];
    /** When it ends, in milliseconds; the last five minutes are calm, and more where it takes more until all is well. */
    readonly endsAtMs: number;
}

/** Settings that a reload may change. What is not named stays as it is. */
export interface Change {
    readonly maxRemovals?: string;
    readonly staticGateways?: readonly string[];
    readonly team?: string;
    readonly managed?: readonly number[];
}

/**
 * What is wrong with what the source says, while it can be read:
 *
 *   renamed     a field of each entry, or of each second one, has another name: they cannot be used
 *   past        ends are an hour ago
 *   earlier     ends are earlier, and still to come
 *   later       ends are an hour later
 *   part        only the first entries are there
 *   empty       there is none
 *   users       each grant has the user of the next one
 *   ids         each grant has another id
 *   relabelled  each grant is of another team, or each second one
 *   moved       each grant has another address
 */
export interface Accident {
    readonly how:
        | "renamed"
        | "past"
        | "earlier"
        | "later"
        | "part"
        | "empty"
        | "users"
        | "ids"
        | "relabelled"
        | "moved";
    /** How many entries it is about: all, or each second one. */
    readonly of: "all" | "some";
}

/** How the source's hint of a change goes: at once, late, twice, or not at all. */
export type Hint = "at once" | "late" | "twice" | "lost";

export type OktaFault =
    /** The connection is refused: surely not carried out. */
    | "refused"
    /** Lost on the way there. */
    | "lost"
    /** Carried out, and the answer is lost. */
    | "answer lost"
    /** No answer for ten seconds, and not carried out. */
    | "silent"
    /** No answer for ten seconds, and carried out up to 15 s after the client gave up. */
    | "late"
    /** An answer after three to nine seconds. */
    | "slow"
    | "throttled"
    | "unavailable"
    | "html"
    /** The next reads of the zone show it as it was before this request. */
    | "stale"
    /** The process dies before the request leaves, or before its answer comes. */
    | "crash before"
    | "crash after";

export type Event = { readonly atMs: number } & (
    | {
          readonly kind: "grant";
          readonly id: string;
          /** Whose it is: the part of the login before the @, or Okta's id, which is `00u` and that part. */
          readonly user: string;
          readonly ranges: readonly string[];
          readonly startsInMs?: number | undefined;
          readonly endsInMs?: number | undefined;
          readonly hint: Hint;
          /** @default none */
          readonly team?: string;
          /** Whether the source says so of this grant alone, as a push does. @default false */
          readonly isNamed?: boolean;
      }
    | { readonly kind: "withdraw"; readonly id: string; readonly hint: Hint; readonly isNamed?: boolean }
    | ({ readonly kind: "accident"; readonly forMs: number; readonly hint: Hint } & Accident)
    | { readonly kind: "reload"; readonly change: Change }
    | {
          readonly kind: "deny";
          readonly user?: string;
          readonly range?: string;
          readonly grant?: string;
          readonly forMs: number;
      }
    /** Another agent leads as well for so long, as behind a pooler that shares sessions. */
    | { readonly kind: "double lead"; readonly forMs: number }
    | { readonly kind: "source"; readonly state: "unreadable" | "hanging" | "bad"; readonly forMs: number }
    | {
          readonly kind: "okta";
          readonly fault: OktaFault;
          readonly on: "any" | "PUT" | "DELETE";
          readonly times: number;
      }
    | { readonly kind: "outage"; readonly fault: "refused" | "silent" | "unavailable"; readonly forMs: number }
    | { readonly kind: "neighbours"; readonly calls: number }
    | { readonly kind: "rogue"; readonly zone: number; readonly gateways: readonly string[] }
    | { readonly kind: "rename"; readonly zone: number; readonly name: string }
    | { readonly kind: "delete"; readonly zone: number }
    | { readonly kind: "crash" | "restart"; readonly agent: number; readonly downMs: number }
    /** The agent's disk is full, or fails; or the power goes while something is synced, after so many syncs. */
    | { readonly kind: "disk"; readonly agent: number; readonly state: "full" | "failing"; readonly forMs: number }
    | { readonly kind: "crash in sync"; readonly agent: number; readonly syncs: number }
    | { readonly kind: "lose lead" }
    | { readonly kind: "jump"; readonly agent: number; readonly byMs: number }
);

export type EventOf<Kind extends Event["kind"]> = Extract<Event, { readonly kind: Kind }>;
