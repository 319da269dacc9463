import { boundsOf } from "./bounds";
import type { Event, Hint, History, OktaFault } from "./history";
import { type Random, randomOf } from "./random";
import { USERS } from "./users";

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

/** Storms of faults with calm in between, and grants that come and go all the time. */
export function plainHistory(seed: number): History {
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
