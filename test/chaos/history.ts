import { boundsOf } from "./bounds";
import { type Random, randomOf } from "./random";
import { USERS } from "./users";

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
    /** Whether all agents are on one host and share the state folder. @default each has its own */
    readonly sharedState?: boolean;
    /** When a file of the ledger is full, and how many are kept; 0: all. */
    readonly ledger: { readonly rotateBytes: number; readonly keepFiles: number };
    /** In the order of their time. */
    readonly events: readonly Event[];
    /** When it ends, in milliseconds; the last five minutes are calm, and more where it takes more until all is well. */
    readonly endsAtMs: number;
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
      }
    | { readonly kind: "withdraw"; readonly id: string; readonly hint: Hint }
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

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** At least so long nothing but grants changes at the end, so that everything can come to rest. */
const LAST_CALM_MS = 5 * MINUTE;

/** More zones than most have: what they all need then takes minutes, and so long nothing changes in the end. */
const MANY = 8;

/** So long nothing changes at all where sessions are ended, as what failed is tried again as late as that. */
const QUIET_MS = 9 * MINUTE;

const RANGES = [
    ...Array.from({ length: 12 }, (_, index) => `198.51.100.${index * 2 + 1}/32`),
    "203.0.113.0/30",
    "203.0.113.2-203.0.113.5",
    "203.0.113.4/32",
];

const ROGUES = [[], ["100.64.0.1/32"], ["100.64.0.1/32", "198.51.100.1/32"], ["198.51.100.3/32"]];

/** The history of a seed: storms of faults with calm in between, and grants that come and go all the time. */
export function historyOf(seed: number): History {
    const random = randomOf(seed);
    const zones = random.chance(0.05) ? random.between(MANY, 30) : random.pick([1, 1, 2, 3]);
    const agents = random.pick([1, 1, 2]);
    const { limit, share } = random.pick([
        { limit: 600, share: 25 },
        { limit: 600, share: 25 },
        { limit: 100, share: 50 },
        { limit: 50, share: 25 },
        { limit: 20, share: 25 },
    ]);
    const onRevoke = random.pick(["keep-sessions", "keep-sessions", "clear-sessions"] as const);
    const { recoverMs, starvedMs } = boundsOf({ zones, limit, share });
    const quietMs = Math.max(
        zones < MANY ? 0 : Math.max(recoverMs, starvedMs) + MINUTE,
        onRevoke === "clear-sessions" ? QUIET_MS : 0,
    );
    const events: Event[] = [];
    let atMs = 0;
    for (let phase = random.between(1, 3); phase > 0; phase--) {
        const calmMs = random.between(60, 240) * SECOND;
        changes(random, events, atMs, calmMs);
        const stormMs = random.between(5, 90) * SECOND;
        changes(random, events, atMs + calmMs, stormMs);
        for (let left = random.between(1, 6); left > 0; left--) {
            events.push({
                atMs: atMs + calmMs + random.between(0, stormMs),
                ...trouble(random, { zones, agents, limit, onRevoke }),
            });
        }
        atMs += calmMs + stormMs;
    }
    changes(random, events, atMs, LAST_CALM_MS);
    return {
        seed,
        zones,
        agents,
        limit,
        share,
        staticGateways: random.pick([[], [], ["192.0.2.77/32"]]),
        maxRemovals: random.pick([undefined, undefined, undefined, "50%", "1"]),
        maxStaleMs: random.pick([undefined, undefined, 2 * MINUTE]),
        onRevoke,
        ledger: { rotateBytes: random.pick([3_000, 20_000]), keepFiles: random.pick([0, 2, 5]) },
        events: events.sort((a, b) => a.atMs - b.atMs),
        endsAtMs: atMs + LAST_CALM_MS + quietMs,
    };
}

function changes(random: Random, events: Event[], fromMs: number, forMs: number): void {
    for (let left = random.between(0, Math.ceil(forMs / (10 * SECOND))); left > 0; left--) {
        const atMs = fromMs + random.between(0, forMs);
        const hint = random.pick<Hint>(["at once", "at once", "late", "twice", "lost"]);
        const id = `g${random.between(1, 10)}`;
        if (random.chance(0.3)) events.push({ atMs, kind: "withdraw", id, hint });
        else events.push({ atMs, kind: "grant", id, hint, user: random.pick(USERS), ...rightOf(random) });
    }
}

function rightOf(random: Random) {
    const ranges = Array.from({ length: random.pick([1, 1, 1, 2]) }, () => random.pick(RANGES));
    const startsInMs = random.chance(0.2) ? random.between(1, 120) * SECOND : undefined;
    const endsInMs = random.chance(0.15) ? undefined : (startsInMs ?? 0) + random.between(-10, 400) * SECOND;
    return { ranges, startsInMs, endsInMs };
}

type Trouble = Event extends infer Each ? (Each extends unknown ? Omit<Each, "atMs"> : never) : never;

function trouble(
    random: Random,
    { zones, agents, limit, onRevoke }: Pick<History, "zones" | "agents" | "limit" | "onRevoke">,
): Trouble {
    const zone = random.between(0, zones - 1);
    const agent = random.between(0, agents - 1);
    const makers: readonly (() => Trouble)[] = [
        () => ({
            kind: "source",
            state: random.pick(["unreadable", "hanging", "bad"]),
            forMs: seconds(random, 1, 200),
        }),
        () => oktaTrouble(random, onRevoke),
        () => oktaTrouble(random, onRevoke),
        () => oktaTrouble(random, onRevoke),
        () => ({
            kind: "outage",
            fault: random.pick(["refused", "silent", "unavailable"]),
            forMs: seconds(random, 1, 150),
        }),
        () =>
            limit > 100 ? oktaTrouble(random, onRevoke) : { kind: "neighbours", calls: random.between(1, limit + 20) },
        () => ({ kind: "rogue", zone, gateways: random.pick(ROGUES) }),
        () => ({ kind: "rename", zone, name: `Renamed ${random.between(1, 99)}` }),
        () => (zones > 1 ? { kind: "delete", zone } : { kind: "rogue", zone, gateways: random.pick(ROGUES) }),
        () => ({ kind: "crash", agent, downMs: random.between(1, 60) * SECOND }),
        () => ({ kind: "restart", agent, downMs: random.between(1, 10) * SECOND }),
        () => ({ kind: "disk", agent, state: random.pick(["full", "failing"]), forMs: seconds(random, 1, 150) }),
        () => ({ kind: "crash in sync", agent, syncs: random.between(0, 5) }),
        () => ({ kind: "lose lead" }),
        () => ({ kind: "jump", agent, byMs: random.pick([-1, 1]) * random.pick([2, 45, 600, 3600]) * SECOND }),
    ];
    return random.pick(makers)();
}

function oktaTrouble(random: Random, onRevoke: History["onRevoke"]): Trouble {
    const all = ["any", "PUT", "DELETE"] as const;
    const on = random.pick(onRevoke === "clear-sessions" ? all : all.slice(0, 2));
    return { kind: "okta", fault: random.pick(FAULTS), on, times: random.between(1, 3) };
}

const FAULTS: readonly OktaFault[] = [
    "refused",
    "lost",
    "answer lost",
    "silent",
    "late",
    "slow",
    "throttled",
    "unavailable",
    "html",
    "stale",
    "crash before",
    "crash after",
];

function seconds(random: Random, low: number, high: number): number {
    return random.between(low, high) * SECOND;
}
