import type { LedgerLine } from "../../src/agent/events/events";
import type { AgentView, GrantView } from "../../src/agent/status/view";

/** The moment at which the pictures are taken. */
export const SCENE_MS = Date.parse("2026-12-01T14:02:48Z");

/** An ordinary afternoon: eleven people are in, two have just come, one is late to leave, one starts tomorrow. */
export function scene(): AgentView {
    return {
        zones: [
            {
                id: "nzo1a2b3c4d5e6f7g8h9",
                name: "Staff",
                gateways: [...GRANTS.filter(isHeld).flatMap(({ ip }) => ip), ...OFFICES],
                proxies: ["198.51.100.250/32"],
                limit: 150,
                inForceSince: at(-21),
                acceptedAt: at(-21),
                effectiveAt: at(39),
            },
            {
                id: "nzo9h8g7f6e5d4c3b2a1",
                name: "Staff 2",
                gateways: ["192.0.2.0/32"],
                proxies: [],
                limit: 150,
                inForceSince: at(-86_000),
                acceptedAt: at(-86_000),
                effectiveAt: at(-85_940),
            },
        ],
        grants: GRANTS,
        eachState: () => GRANTS,
        eachGrant: () => GRANTS,
        source: { type: "postgres", healthy: true, lastReadAt: at(-4) },
        okta: { rateLimit: { limit: 600, remaining: 571, resetAt: at(26) } },
        isLeading: true,
        held: [],
        holds: [],
        staticGateways: [],
        refused: [],
        clearings: [],
        unusable: [{ id: "g-4799", field: "ip", reason: '"2001:db8::7" is IPv6; grant the IPv4 address' }],
        notReady: [],
        lastSuccessAt: at(-4),
    };
}

/** What happened just before, newest first. */
export function recently(): readonly LedgerLine[] {
    const zone = "nzo1a2b3c4d5e6f7g8h9";
    const changes = [
        {
            address: "203.0.113.44/32",
            change: "add",
            why: "granted",
            grants: [{ id: "g-4812", user: "noor@example.com" }],
        },
    ] as const;
    return [
        { at: at(-20), event: { type: "zone.verified", zone, write: "w-98" } },
        { at: at(-21), event: { type: "write.accepted", write: "w-98", zone, status: 200, latencySeconds: 0.214 } },
        { at: at(-21), event: { type: "write.intended", write: "w-98", zone, before: [], after: [], changes } },
        {
            at: at(-21),
            event: {
                type: "grants.accepted",
                grants: 14,
                active: 12,
                unusable: 1,
                changed: [{ change: "granted", id: "g-4812", user: "noor@example.com", ip: ["203.0.113.44/32"] }],
            },
        },
        { at: at(-312), event: { type: "sessions.cleared", user: "kim@example.com", userId: "00u1", status: 204 } },
        { at: at(-314), event: { type: "write.accepted", write: "w-97", zone, status: 200, overstaySeconds: 0.31 } },
        {
            at: at(-2710),
            event: {
                type: "drift.found",
                zone,
                added: ["198.51.100.99/32"],
                removed: [],
                by: "admin@example.com",
                outcome: "healed",
            },
        },
    ];
}

const OFFICES = ["198.51.100.0/26", "198.51.100.64/27"];

const GRANTS: readonly GrantView[] = [
    grant(4812, "noor", "203.0.113.44", 28_740, "INC-5120, payroll run", "accepted"),
    grant(4811, "tomas", "203.0.113.91", 3_360, "INC-5118", "accepted"),
    grant(4790, "ana", "203.0.113.7", 432, "INC-5101, on call"),
    grant(4791, "ana", "198.51.100.201", 432, "INC-5101, on call"),
    grant(4795, "bo", "203.0.113.18", 1_572, "CHG-884 database upgrade"),
    grant(4796, "carla", "203.0.113.18", 1_572, "CHG-884 database upgrade"),
    grant(4801, "dmitri", "203.0.113.130", 5_412, "INC-5110"),
    grant(4803, "emeka", "198.51.100.150", 8_040, "Audit, read-only"),
    grant(4804, "freya", "203.0.113.161", 12_900, "INC-5112"),
    grant(4808, "giulia", "203.0.113.77", 20_100, "CHG-891 certificate renewal"),
    grant(4809, "hana", "198.51.100.177", 27_300, "INC-5115"),
    { ...grant(4100, "", "198.51.100.240", 0, "Backup robot"), user: "backup-robot@example.com" },
    { ...grant(4820, "ivan", "203.0.113.52", 97_200, "CHG-902", "scheduled"), startsAt: at(68_400) },
    grant(4777, "kim", "203.0.113.66", -315, "INC-5098", "ended"),
];

function grant(
    number: number,
    name: string,
    ip: string,
    secondsLeft: number,
    reason: string,
    state: GrantView["state"] = "effective",
): GrantView {
    return {
        id: `g-${number}`,
        user: `${name}@example.com`,
        ip: [`${ip}/32`],
        ...(secondsLeft !== 0 && { expiresAt: at(secondsLeft) }),
        reason,
        state,
    };
}

function isHeld({ state }: GrantView): boolean {
    return state === "accepted" || state === "effective";
}

function at(seconds: number): string {
    return new Date(SCENE_MS + seconds * 1000).toISOString();
}
