import { createHash } from "node:crypto";

import { printable } from "../../core/errors/quote";
import type { PortalEvent } from "../../core/portal/events";
import type { AgentEvent } from "../events/events";
import type { WriteIntended } from "../events/zoneEvents";

/** The events of a ledger: those of the agent and the portal, and those of the ledger itself. */
export type LedgerEvent = AgentEvent | PortalEvent | LedgerRepaired | LedgerRotated;

/** An incomplete line of a crash was cut off when the agent started again. */
export interface LedgerRepaired {
    readonly type: "ledger.repaired";
    readonly file: string;
    /** How many bytes were cut off; they were never acknowledged. */
    readonly bytes: number;
}

/** The first line of each file but the first. */
export interface LedgerRotated {
    readonly type: "ledger.rotated";
    /** The file before. */
    readonly from: string;
    /** The open writes at that time, so that the last file contains all of them. */
    readonly unsettled: readonly WriteIntended[];
    /** The last line that was removed for `keepFiles`; its hash remains as the anchor. */
    readonly removed?: Head;
}

/** The end of a chain. */
export interface Head {
    /** 0 where there is no line yet. */
    readonly seq: number;
    readonly hash: string;
}

/** A valid line. */
export interface Line extends Head {
    /** RFC 3339 in UTC. */
    readonly at: string;
    /** The hash of the line before. */
    readonly prev: string;
    readonly event: LedgerEvent;
}

/** Why a line is not valid. */
export type LineProblem = "unreadable" | "changed";

/** The `prev` of the very first line. */
export const START: Head = { seq: 0, hash: "0".repeat(64) };

/** The end of every line, `,"hash":"…"}`. The hash is over the text before it. */
const SEAL = /,"hash":"([0-9a-f]{64})"\}$/;
const SEAL_BYTES = 75;

/**
 * The next line of a chain, without its line end.
 *
 *   {"seq":2,"at":"2026-12-01T09:00:00.000Z","type":"agent.stopped","why":"SIGTERM","prev":"…","hash":"…"}
 *
 * The hash is the SHA-256 of the text itself up to `,"hash"`, which contains `prev`: no canonical form of
 * the event is needed. A line contains no control characters.
 */
export function nextLine(before: Head, event: LedgerEvent, at: string): { readonly text: string; readonly head: Head } {
    const seq = before.seq + 1;
    const sealed = printable(JSON.stringify({ seq, at, ...event, prev: before.hash }).slice(0, -1));
    const hash = hashOf(sealed);
    return { text: `${sealed},"hash":"${hash}"}`, head: { seq, hash } };
}

/** Reads a line and checks its own hash; the caller checks whether it follows the previous one. */
export function readLine(bytes: Buffer): Line | LineProblem {
    const end = Math.max(0, bytes.length - SEAL_BYTES);
    const [, hash = ""] = SEAL.exec(bytes.toString("latin1", end)) ?? [];
    if (hash === "") return "unreadable";
    if (hashOf(bytes.subarray(0, end)) !== hash) return "changed";
    try {
        const { seq, at, prev, hash: _, ...event } = JSON.parse(bytes.toString("utf8")) as Line & LedgerEvent;
        const isLine = Number.isSafeInteger(seq) && [at, prev, event.type].every((text) => typeof text === "string");
        return isLine ? { seq, at, prev, hash, event: event as unknown as LedgerEvent } : "unreadable";
    } catch {
        return "unreadable";
    }
}

function hashOf(text: string | Buffer): string {
    return createHash("sha256").update(text).digest("hex");
}
