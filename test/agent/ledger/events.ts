import type { AgentStopped } from "../../../src/agent/events/events";
import type { WriteAccepted, WriteIntended } from "../../../src/agent/events/zoneEvents";
import type { LedgerOptions } from "../../../src/agent/ledger/ledger";

/** An event that is told apart by its number. */
export function stoppedFor(why: string | number): AgentStopped {
    return { type: "agent.stopped", why: String(why) };
}

export function intended(write: string, zone = "nzo1"): WriteIntended {
    const change = { address: "203.0.113.7/32", change: "add", why: "granted", grants: [{ id: "g-1", user: "ana" }] };
    const changes = [change] as WriteIntended["changes"];
    return { type: "write.intended", write, zone, before: ["192.0.2.0/32"], after: ["203.0.113.7/32"], changes };
}

export function accepted(write: string, zone = "nzo1"): WriteAccepted {
    return { type: "write.accepted", write, zone, status: 200 };
}

/** Noon of the first day of December. */
export const NOON = Date.parse("2026-12-01T12:00:00Z");

/** Files that are never closed, and all kept. */
export const ONE_FILE: Omit<LedgerOptions, "disk"> = { now: () => NOON, rotateBytes: 1_000_000, keepFiles: 0 };
