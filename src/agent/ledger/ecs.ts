import type { LedgerEvent, Line } from "./line";

/** What each kind of event is in the Elastic Common Schema's own words for `event.category` and `event.type`. */
const KINDS: Readonly<Record<LedgerEvent["type"], readonly [category: string, type: string]>> = {
    "agent.started": ["process", "start"],
    "agent.stopped": ["process", "end"],
    "leader.gained": ["process", "change"],
    "leader.lost": ["process", "change"],
    "configuration.reloaded": ["configuration", "change"],
    "membership.removed": ["configuration", "change"],
    "grants.accepted": ["iam", "change"],
    "grants.unreadable": ["iam", "info"],
    "grants.readable": ["iam", "info"],
    "grant.refused": ["iam", "info"],
    "removals.held": ["configuration", "info"],
    "removals.released": ["configuration", "info"],
    "removals.above-limit": ["iam", "change"],
    "removals.confirmed": ["configuration", "info"],
    "access.denied": ["iam", "change"],
    "access.allowed": ["iam", "change"],
    "write.intended": ["configuration", "change"],
    "write.accepted": ["configuration", "change"],
    "write.failed": ["configuration", "change"],
    "write.settled": ["configuration", "info"],
    "zone.verified": ["configuration", "info"],
    "drift.found": ["configuration", "change"],
    "zone.lost": ["configuration", "deletion"],
    "zone.found": ["configuration", "creation"],
    "member.intended": ["iam", "change"],
    "member.accepted": ["iam", "change"],
    "member.failed": ["iam", "change"],
    "member.settled": ["iam", "info"],
    "members.drift": ["iam", "change"],
    "sessions.cleared": ["session", "end"],
    "sessions.failed": ["session", "info"],
    "clock.departed": ["host", "info"],
    "clock.agrees": ["host", "info"],
    "ledger.repaired": ["configuration", "info"],
    "ledger.rotated": ["configuration", "info"],
};

const FAILURES: readonly LedgerEvent["type"][] = [
    "grants.unreadable",
    "zone.lost",
    "write.failed",
    "member.failed",
    "sessions.failed",
    "leader.lost",
    "clock.departed",
];

/**
 * A line in the names of the Elastic Common Schema, which Elastic, and what reads
 * its pipelines, searches without a mapping of ours. The event itself goes along
 * whole under `zonekeeper`, since the schema has no words for grants and gateways.
 */
export function ecsOf({ seq, at, hash, prev, event }: Line): object {
    const { type, ...fields } = event;
    const [category, kind] = KINDS[type];
    const { user, address, changes = [], why, requestId } = fields as Loose;
    const users = [...(user === undefined ? [] : [user]), ...changes.flatMap(usersOf)];
    const all = [...(address === undefined ? [] : [address]), ...changes.map((change) => change.address)];
    const addresses = all.map((text) => text.replace(/\/32$/, "")).filter((text) => !/[/-]/.test(text));
    return {
        "@timestamp": at,
        "ecs.version": "8.11.0",
        "event.kind": "event",
        "event.category": [category],
        "event.type": [kind],
        "event.action": type,
        "event.outcome": FAILURES.includes(type) ? "failure" : "success",
        "event.provider": "zonekeeper",
        "event.dataset": "zonekeeper.ledger",
        "event.sequence": seq,
        "event.hash": hash,
        ...(typeof why === "string" && { "event.reason": why }),
        ...(requestId !== undefined && { "event.id": requestId }),
        ...(user !== undefined && { "user.name": user }),
        ...(users.length > 0 && { "related.user": [...new Set(users)] }),
        ...(addresses.length > 0 && { "related.ip": addresses }),
        zonekeeper: { ...fields, prev },
    };
}

/** What some events have. */
interface Loose {
    readonly user?: string;
    readonly address?: string;
    readonly why?: string;
    readonly requestId?: string;
    readonly changes?: readonly Change[];
}

interface Change {
    readonly address: string;
    readonly grants: readonly { readonly user?: string }[];
}

function usersOf({ grants }: Change): readonly string[] {
    return grants.flatMap(({ user }) => (user === undefined ? [] : [user]));
}
