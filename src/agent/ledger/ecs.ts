import type { LedgerEvent, Line } from "./line";

/** The `event.category` and `event.type` of the Elastic Common Schema for each event. */
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
    "zone.ineffective": ["configuration", "change"],
    "zone.effective": ["configuration", "change"],
    "member.intended": ["iam", "change"],
    "member.accepted": ["iam", "change"],
    "member.failed": ["iam", "change"],
    "member.settled": ["iam", "info"],
    "members.drift": ["iam", "change"],
    "sessions.cleared": ["session", "end"],
    "sessions.failed": ["session", "info"],
    "clock.departed": ["host", "info"],
    "clock.agrees": ["host", "info"],
    "portal.started": ["process", "start"],
    "portal.stopped": ["process", "end"],
    "portal.store-accepted": ["configuration", "change"],
    "portal.signed-in": ["authentication", "start"],
    "portal.sign-in-refused": ["authentication", "denied"],
    "portal.signed-out": ["authentication", "end"],
    "portal.session-ended": ["session", "end"],
    "portal.device-allowed": ["authentication", "start"],
    "portal.requested": ["iam", "info"],
    "portal.approved": ["iam", "change"],
    "portal.approval-noted": ["iam", "info"],
    "portal.denied": ["iam", "denied"],
    "portal.withdrawn": ["iam", "info"],
    "portal.voided": ["iam", "info"],
    "portal.granted": ["iam", "change"],
    "portal.changed": ["iam", "change"],
    "portal.revoked": ["iam", "change"],
    "portal.person-revoked": ["iam", "change"],
    "portal.ended": ["iam", "change"],
    "portal.signed-off": ["iam", "info"],
    "portal.refused": ["iam", "denied"],
    "ledger.repaired": ["configuration", "info"],
    "ledger.rotated": ["configuration", "info"],
};

const FAILURES: readonly LedgerEvent["type"][] = [
    "grants.unreadable",
    "zone.lost",
    "zone.ineffective",
    "write.failed",
    "member.failed",
    "sessions.failed",
    "leader.lost",
    "clock.departed",
    "portal.sign-in-refused",
    "portal.refused",
];

/**
 * A line with the fields of the Elastic Common Schema, which Elastic and compatible
 * tools search without a mapping. The whole event is under `zonekeeper`, as the
 * schema has no fields for grants and gateways.
 */
export function ecsOf({ seq, at, hash, prev, event }: Line): object {
    const { type, ...fields } = event;
    const [category, kind] = KINDS[type];
    const { user: of, by, address, changes = [], why, request, requestId } = fields as Loose;
    // In events of the portal, `by` is the acting user, and `user` the owner of the grant.
    const user = typeof by === "object" ? by.name : of;
    const users = [...[user, of].filter((each) => each !== undefined), ...changes.flatMap(usersOf)];
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
        ...(request !== undefined && { "trace.id": request }),
        ...(user !== undefined && { "user.name": user }),
        ...(users.length > 0 && { "related.user": [...new Set(users)] }),
        ...(addresses.length > 0 && { "related.ip": addresses }),
        zonekeeper: { ...fields, prev },
    };
}

/** Fields that some events have. */
interface Loose {
    readonly user?: string;
    /** In events of the portal an identity; in a confirmation or a denial a text. */
    readonly by?: string | { readonly name: string };
    readonly address?: string;
    readonly why?: string;
    readonly request?: string;
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
