import type { LedgerEvent } from "../src/agent/ledger/line";
import type { Queue } from "../src/agent/sessions/queue";
import type { Grant } from "../src/core/grants/grants";
import type { NamedIds, Reading } from "../src/core/grants/grantsDocument";
import type { Denial } from "../src/core/membership/denials";
import type { History, OktaFault } from "./history";

/** All that happened in a world, for the laws to judge. Moments are milliseconds since the world began. */
export interface Trace {
    readonly history: History;
    /** Each state of each zone of the membership, in order. */
    readonly states: readonly ZoneState[];
    readonly requests: readonly Asked[];
    /** What the source said, from when on. */
    readonly documents: readonly Document[];
    /** What agents learnt of the source, in order. */
    readonly lessons: readonly Lesson[];
    readonly terms: readonly Term[];
    readonly processes: readonly Life[];
    /** When something other than grants was wrong, with Okta or the way to it, or with an agent's host. */
    readonly troubles: readonly Trouble[];
    /** When the source could not be read. */
    readonly outages: readonly Trouble[];
    /** By the number of the agent. */
    readonly ledgers: readonly KeptLedger[];
    /** Whose sessions are still to be ended, by the number of the agent. */
    readonly queues: readonly Queue[];
    /** What the kill switch kept out, and from when on. */
    readonly denials: readonly GivenDenial[];
    /** Set clocks, by the number of the agent. */
    readonly jumps: readonly { readonly atMs: number; readonly agent: number; readonly byMs: number }[];
    /** What made the world itself end early. */
    readonly failure: string | undefined;
}

export interface ZoneState {
    readonly atMs: number;
    readonly zone: string;
    readonly gateways: readonly string[];
    /** An agent's PUT, or somebody else. */
    readonly by: "agent" | "other";
    readonly isGone: boolean;
}

/** A request of an agent. */
export interface Asked {
    readonly process: number;
    readonly method: string;
    /** Empty where it is about something else. */
    readonly zone: string;
    /** The login or the id of a user that it is about. */
    readonly user: string | undefined;
    readonly sentAtMs: number;
    readonly fault: OktaFault | undefined;
    /** Whether only the time of the answer was asked for, see src/agent/timeCheck.ts. */
    readonly isForTime: boolean;
    /** What a PUT wants. */
    readonly body: ZoneDocument | undefined;
    executedAtMs?: number;
    /** The zone right before it was carried out. */
    before?: ZoneDocument;
    answeredAtMs?: number;
    status?: number;
    /** The zone as the answer showed it. */
    shown?: ZoneDocument;
}

export type ZoneDocument = Readonly<Record<string, unknown>> & {
    readonly name?: string;
    readonly gateways?: readonly { readonly value: string }[] | null;
};

export interface Document extends Reading {
    readonly atMs: number;
    /** When the leading agent heard of it; undefined for never. */
    heardAtMs?: number;
}

/** A denial, with the moments of the world at which it was given and at which it ends. */
export interface GivenDenial {
    readonly denial: Denial;
    readonly fromMs: number;
    readonly toMs: number;
}

export interface Lesson {
    readonly atMs: number;
    readonly process: number;
    /** The agent's clock. */
    readonly clockMs: number;
    /** An earlier process's snapshot, a reading, or a reading that failed. */
    readonly kind: "restored" | "read" | "failed";
    readonly grants: readonly Grant[];
    /** Ids of entries that cannot be used. */
    readonly unusable: readonly string[];
    readonly named: NamedIds | undefined;
    /** Of what an earlier process left: whether it held a reading. */
    readonly isHeld?: boolean;
}

export interface Term {
    readonly process: number;
    readonly fromMs: number;
    toMs: number;
}

export interface Life {
    readonly id: number;
    readonly agent: number;
    readonly fromMs: number;
    toMs: number;
    readonly settings: LifeSettings;
    /** Why it ended by itself, if it did. */
    ended?: { readonly code: string; readonly message: string };
}

/** The settings with which a process was started. */
export interface LifeSettings {
    /** Ids of the zones. */
    readonly zones: readonly string[];
    readonly staticGateways: readonly string[];
    readonly maxRemovals: string;
    readonly team: string | undefined;
}

export interface Trouble {
    readonly fromMs: number;
    toMs: number;
    readonly what: string;
}

/** What an agent has written down. */
export interface KeptLedger {
    /** Every line, also of the oldest files that are gone, and when it was written. */
    readonly lines: readonly Line[];
    /** What a process was told is kept, and when it was. */
    readonly acknowledged: readonly Line[];
    /** What was wrong with it whenever it was opened, and at the end. */
    readonly faults: readonly string[];
}

export interface Line {
    readonly atMs: number;
    readonly process: number;
    readonly event: LedgerEvent;
}
