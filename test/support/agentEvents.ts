import type { AgentEvent } from "../../src/agent/telling/events";
import type { EventOf } from "../../src/agent/telling/sentence";

/** One of each, told of the same people as agentView(). */
export const EVENTS: { readonly [Type in AgentEvent["type"]]: EventOf<Type> } = {
    "agent.started": { type: "agent.started", zones: ["nzo1", "nzo2"], source: "file grants.yaml", version: "0.1.0" },
    "agent.stopped": { type: "agent.stopped", why: "SIGTERM" },
    "leader.gained": { type: "leader.gained", lock: "lock file zonekeeper-state/leader.lock" },
    "leader.lost": { type: "leader.lost", lock: "lock file zonekeeper-state/leader.lock" },
    "configuration.reloaded": { type: "configuration.reloaded", changed: ["zones", "maxRemovals"] },
    "grants.accepted": {
        type: "grants.accepted",
        grants: 12,
        active: 9,
        unusable: 1,
        changed: [
            { change: "granted", id: "g-101", user: "ana@example.com", ip: ["203.0.113.7/32"] },
            { change: "withdrawn", id: "g-100", ip: ["203.0.113.9/32"] },
        ],
    },
    "grants.unreadable": {
        type: "grants.unreadable",
        why: "cannot read grants.yaml: it is not there",
        outcome: "kept",
    },
    "grants.readable": { type: "grants.readable", seconds: 93.4 },
    "grant.refused": { type: "grant.refused", id: "g-150", reason: "the zones are full" },
    "removals.held": { type: "removals.held", held: ["203.0.113.7/32", "203.0.113.8/32"] },
    "removals.confirmed": { type: "removals.confirmed", held: ["203.0.113.7/32"], by: "mia" },
    "write.intended": {
        type: "write.intended",
        write: "w-1",
        zone: "nzo1",
        before: ["192.0.2.0/32"],
        after: ["203.0.113.7/32"],
        changes: [
            {
                address: "203.0.113.7/32",
                change: "add",
                why: "granted",
                grants: [{ id: "g-101", user: "ana@example.com", reason: "INC-4711" }],
            },
            { address: "192.0.2.0/32", change: "remove", why: "sentinel", grants: [] },
        ],
    },
    "write.accepted": {
        type: "write.accepted",
        write: "w-1",
        zone: "nzo1",
        status: 200,
        requestId: "YMdwYT8uX7SGlj0PRwMGZwAACWk",
        latencySeconds: 0.2134,
        overstaySeconds: 12.4,
    },
    "write.failed": {
        type: "write.failed",
        write: "w-1",
        zone: "nzo1",
        code: "okta-unreachable",
        why: "PUT /api/v1/zones/nzo1: no answer in 10 s",
        isOpen: true,
    },
    "write.settled": { type: "write.settled", write: "w-1", zone: "nzo1", outcome: "not-carried-out" },
    "zone.verified": { type: "zone.verified", zone: "nzo1", write: "w-1" },
    "drift.found": {
        type: "drift.found",
        zone: "nzo1",
        added: ["198.51.100.1/32"],
        removed: [],
        by: "mallory@example.com",
        outcome: "healed",
    },
    "zone.lost": {
        type: "zone.lost",
        zone: "nzo2",
        code: "zone-missing",
        why: "GET /api/v1/zones/nzo2: 404 [ZK201]",
    },
    "zone.found": { type: "zone.found", zone: "nzo2" },
    "sessions.cleared": { type: "sessions.cleared", user: "ana@example.com", userId: "00u1", status: 204 },
    "sessions.failed": { type: "sessions.failed", user: "ana@example.com", why: "403 E0000006", attempts: 3 },
    "clock.departed": { type: "clock.departed", aheadSeconds: 3600, from: "okta" },
    "clock.agrees": { type: "clock.agrees" },
};
