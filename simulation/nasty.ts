import type { Accident, Change, Event, Hint, History } from "./history";
import { type Random, randomOf } from "./random";
import { USERS } from "./users";

const SECOND = 1000;

/** Nothing but grants changes for so long at the end. */
const LAST_CALM_MS = 600_000;

const HOW: readonly Accident["how"][] = [
    "renamed",
    "past",
    "earlier",
    "later",
    "part",
    "empty",
    "users",
    "ids",
    "relabelled",
    "moved",
];

/** Foreign entries that a zone holds before any agent meets it. */
const FOUND = [
    undefined,
    undefined,
    ["100.64.0.9/32"],
    ["100.64.0.9/32", "198.51.100.1/32", "100.64.0.11/32"],
] as const;

/**
 * A history with a source that says what is wrong, settings that change, zones that hold something when they are met, denials,
 * and two agents that lead at once. Grants change more rarely than in other histories, so that a removal brake is not
 * engaged all the time.
 */
export function nastyHistory(seed: number): History {
    const random = randomOf(seed ^ 0xacc1de);
    const [zones, agents] = [random.pick([1, 1, 2, 3]), random.pick([1, 1, 2])];
    const team = random.pick([undefined, "red"]);
    const events: Event[] = [];
    const fromMs = grants(random, events, team);
    let atMs = fromMs;
    for (let left = random.between(1, 4); left > 0; left--) {
        atMs += random.between(30, 200) * SECOND;
        events.push(...mishap(random, atMs, { zones, agents }));
        for (let more = random.between(0, 2); more > 0; more--) {
            events.push(change(random, atMs + random.between(-60, 120) * SECOND, team));
        }
    }
    return {
        seed,
        zones,
        agents,
        limit: random.pick([600, 600, 100]),
        share: 25,
        staticGateways: random.pick([[], ["192.0.2.77/32"], ["192.0.2.77/32", "192.0.2.79/32"]]),
        maxRemovals: random.pick(["50%", "50%", "1", "3", "20%"]),
        onRevoke: random.pick(["keep-sessions", "clear-sessions"] as const),
        sharedState: agents > 1 && random.chance(0.5),
        managed: zones > 1 && random.chance(0.4) ? [0] : Array.from({ length: zones }, (_, zone) => zone),
        found: foundIn(random, zones),
        confirmsAfterMs: random.pick([20 * SECOND, 90 * SECOND, "never"] as const),
        ...(team !== undefined && { team }),
        ledger: { rotateBytes: 20_000, keepFiles: 0 },
        events: events.sort((a, b) => a.atMs - b.atMs),
        endsAtMs: atMs + LAST_CALM_MS,
    };
}

/** The grants with which it begins. @returns when all are there */
function grants(random: Random, events: Event[], team: string | undefined): number {
    const count = random.between(2, 9);
    for (let index = 1; index <= count; index++) {
        events.push({ ...grantOf(random, index * 4 * SECOND, index, team), hint: "at once" });
    }
    return (count + 1) * 4 * SECOND;
}

function grantOf(random: Random, atMs: number, index: number, team: string | undefined) {
    const endsInMs = random.chance(0.2) ? undefined : random.between(60, 1500) * SECOND;
    const ranges = [`198.51.100.${index * 2 - 1}/32`];
    const more = team === undefined ? {} : { team };
    return { atMs, kind: "grant" as const, id: `g${index}`, user: random.pick(USERS), ranges, endsInMs, ...more };
}

function change(random: Random, atMs: number, team: string | undefined): Event {
    const hint = random.pick<Hint>(["at once", "at once", "late", "twice", "lost"]);
    const isNamed = random.chance(0.5);
    const index = random.between(1, 12);
    if (random.chance(0.4)) return { atMs, kind: "withdraw", id: `g${index}`, hint, isNamed };
    return { ...grantOf(random, atMs, index, team), hint, isNamed };
}

function mishap(random: Random, atMs: number, { zones, agents }: Pick<History, "zones" | "agents">): readonly Event[] {
    const hint = random.pick<Hint>(["at once", "at once", "late", "lost"]);
    const accident = (): Event => ({
        atMs,
        kind: "accident",
        how: random.pick(HOW),
        of: random.pick(["all", "all", "some"] as const),
        forMs: random.pick([10, 60, 120, 3600]) * SECOND,
        hint,
    });
    const zone = random.between(0, zones - 1);
    const agent = random.between(0, agents - 1);
    const others: readonly (() => Event)[] = [
        () => ({ atMs, kind: "reload", change: changed(random, zones) }),
        () => ({ atMs, kind: "rogue", zone, gateways: random.pick([[], ["100.64.0.1/32"]]) }),
        () => ({ atMs, kind: "restart", agent, downMs: SECOND }),
        () => ({ atMs, kind: "crash", agent, downMs: 20 * SECOND }),
        () => ({ atMs, kind: "double lead", forMs: 90 * SECOND }),
        () => ({ atMs, kind: "lose lead" }),
        () => ({ atMs, kind: "deny", ...denied(random), forMs: random.between(60, 600) * SECOND }),
    ];
    const later = (event: Event): Event => ({ ...event, atMs: atMs + random.between(0, 60) * SECOND });
    return random.chance(0.6) ? [accident(), later(random.pick(others)())] : [random.pick(others)()];
}

function denied(random: Random): { readonly user?: string; readonly range?: string; readonly grant?: string } {
    const index = random.between(1, 9);
    return random.pick([
        { user: random.pick(USERS) },
        { range: `198.51.100.${index * 2 - 1}/32` },
        { grant: `g${index}` },
    ]);
}

function changed(random: Random, zones: number): Change {
    return random.pick<Change>([
        { maxRemovals: "1" },
        { maxRemovals: "50%" },
        { staticGateways: [] },
        { staticGateways: ["192.0.2.79/32"] },
        { team: "red" },
        { managed: Array.from({ length: zones }, (_, zone) => zone) },
    ]);
}

function foundIn(random: Random, zones: number): Readonly<Record<number, readonly string[]>> {
    const found = Array.from({ length: zones }, (_, zone) => [zone, random.pick(FOUND)] as const);
    return Object.fromEntries(found.flatMap(([zone, entries]) => (entries === undefined ? [] : [[zone, entries]])));
}
