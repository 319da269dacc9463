import type { Span } from "../../core/addresses/ip";
import type { Plan, ZonePlan } from "../../core/membership/plan";
import type { Purpose } from "../../core/pace";
import type { Zone } from "../../okta/zones/zones";
import type { AgentEvent } from "../events/events";
import type { AddressChange } from "../events/zoneEvents";
import type { PendingWrite } from "../zones/zoneState";
import type { InForce } from "./inForce";

/**
 * What is done in order, one thing after the other. The lanes go on beside each other: a source that takes its time holds
 * up no removal, and a zone that does, no reading.
 */
export interface Lane<Task, Step> {
    /** The first one is under way, or is begun next. */
    readonly tasks: readonly Task[];
    /** The number of the one that is under way. A result with another number is of an earlier time. */
    readonly underWay: number | undefined;
    /** What follows when all of them are done. */
    readonly step: Step;
}

export type SourceLane = Lane<SourceTask, SourceStep>;
export type ZoneLane = Lane<ZoneTask, ZoneStep>;

/** A line of the ledger: awaited, as what follows must not happen without it. */
export interface RecordTask {
    readonly do: "record";
    readonly event: AgentEvent;
}

export type SourceTask = RecordTask | { readonly do: "read" };

/**
 *   idle       nothing is read
 *   read       a read has ended, however
 *   heard      a read has ended with news, and the zone lane is on its way to a decision: its line before a write takes
 *              these lines along, with one sync for all of them
 *   told       its lines are recorded after all, as the zone lane does something else first: no pass waits for that
 *   take-over  what was heard while another agent led is taken over: now this one leads
 */
export type SourceStep =
    | { readonly at: "idle" | "read" | "told" | "take-over" }
    | { readonly at: "heard"; readonly lines: readonly RecordTask[] };

/**
 * The ledger's line before a write, which gets its name there, and with it all else that is to be kept before: they wait
 * for each other only before the write.
 */
export interface IntendTask {
    readonly do: "intend";
    readonly write: IntendedWrite;
    /** Other lines, which come first. */
    readonly lines: readonly RecordTask[];
    /** As of `keep`, before the first write of a round. */
    readonly keep: InForce | undefined;
}

export type ZoneTask =
    | RecordTask
    /** Which writes an earlier leader left open. */
    | { readonly do: "find-unsettled" }
    /** Before a write it ends soon, with or without an answer. */
    | { readonly do: "look"; readonly zone: string; readonly isBeforeWrite?: boolean }
    /** Remembers that the zone was seen, see KnownZones. */
    | { readonly do: "mark-seen"; readonly zone: string }
    | { readonly do: "settle-time" }
    /** Until the memory would survive a crash, and the session clearing knows who may be inside. */
    | { readonly do: "keep"; readonly inForce?: InForce }
    /** Who is inside now that the zones are as they should be. */
    | { readonly do: "tell-in-force"; readonly inForce: InForce }
    | IntendTask
    | { readonly do: "write"; readonly zone: Zone; readonly gateways: readonly string[] }
    /** Until something is to be done, or the lane is woken. */
    | { readonly do: "rest"; readonly ms: number };

/**
 *   off        this agent does not lead
 *   begin      it leads from now on
 *   pass       what is there to do?
 *   look       the zones that are due, one after the other
 *   ready      the time is settled: decide, if a decision is due
 *   judge      what was decided is recorded, and nothing is written: Okta is left alone for a while
 *   decided    what was decided is recorded
 *   write      the zones that change, one after the other
 *   fresh      zones that change and were read too long ago are looked at, one after the other; then it is decided again
 *   seen       one of them was looked at
 *   starved    the tokens are used up: the session clearing knows of it before the write
 *   written    every one is, and the memory is kept
 *   settled    the session clearing knows of it
 *   failed     what a failure has to say is recorded
 */
export type ZoneStep =
    | { readonly at: "off" }
    | { readonly at: "begin" }
    | { readonly at: "pass" }
    | { readonly at: "ready"; readonly isFresh?: boolean }
    | { readonly at: "look"; readonly todo: readonly string[]; readonly looks: number; readonly purpose: Purpose }
    | { readonly at: "judge"; readonly plan: Plan | undefined }
    | { readonly at: "decided"; readonly plan: Plan | undefined; readonly basis: RoundBasis; readonly isFresh: boolean }
    | { readonly at: "write"; readonly round: Round }
    | { readonly at: "fresh"; readonly todo: readonly string[] }
    | { readonly at: "seen"; readonly zone: string; readonly todo: readonly string[] }
    | { readonly at: "starved" }
    | { readonly at: "written"; readonly round: Round }
    | { readonly at: "settled"; readonly round: Round }
    | { readonly at: "failed"; readonly error: unknown };

/** One kind of step. */
export type StepAt<At> = Extract<ZoneStep, { readonly at: At }>;

/** When a round began, and the version of the grants that it serves. */
export interface RoundBasis {
    readonly nowMs: number;
    readonly version: number;
}

/** The writes of one decision. */
export interface Round extends RoundBasis {
    /** Zones still to be written, in order. */
    readonly todo: readonly ZonePlan[];
    readonly isOrdered: boolean;
    readonly isChanged: boolean;
    /** What is to be kept before the first write, see IntendTask. */
    readonly keep: InForce | undefined;
    /** The write under way, and the plan that it carries out. */
    readonly writing: { readonly write: IntendedWrite; readonly plan: ZonePlan } | undefined;
    /** The first zone that Okta refused to write. */
    readonly refused: { readonly error: unknown } | undefined;
    /** What it kept from coming in, and which therefore stays where it is. */
    readonly keptOut: readonly Span[];
}

export interface IntendedWrite extends Omit<PendingWrite, "id"> {
    /** Empty until it has one. */
    readonly id: string;
    readonly zone: string;
    readonly changes: readonly AddressChange[];
    /** When the source's event came that the write answers, in milliseconds. */
    readonly sinceMs: number | undefined;
    /** When the first of the grants reached its end that the write takes out, in milliseconds. */
    readonly endedMs: number | undefined;
}
