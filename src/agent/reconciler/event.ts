import type { Reading } from "../../core/grants/grantsDocument";
import type { Decided } from "../../core/group/wantedUsers";
import type { Denial } from "../../core/membership/denials";
import type { Memory, Remembered } from "../../core/membership/memory";
import type { Prepared } from "../../core/membership/preparedReading";
import type { Purpose } from "../../core/pace";
import type { Receipt, Zone } from "../../okta/zones/zones";
import type { Overheard } from "../grants/overheard";
import type { PendingWrite } from "../zones/zoneState";
import type { Failure } from "./failures";
import type { RecordTask, SourceTask, ZoneTask } from "./lanes";
import type { OtherMembership } from "./movedGrants";

/** The world at the moment of an event: time, chance, requests that are left, and what others say. */
export interface Moment {
    /** By the clock of grants, in milliseconds since 1970. */
    readonly nowMs: number;
    /** By a clock that nobody sets, in milliseconds. */
    readonly elapsedMs: number;
    /** From 0 up to, but not including, 1. */
    random(): number;
    /** How long a request for this purpose has to wait, in milliseconds. */
    waitMs(purpose: Purpose): number;
    /** How many requests the membership may make in a minute while nothing but looks goes on. */
    requestsPerMinute(): number;
    /** What the kill switch keeps out. */
    readonly denials: { readonly list: readonly Denial[]; readonly version: number };
    /** Those whose grants may move here. */
    others(): readonly OtherMembership[];
    /** A reading without grants whose users cannot be used; the same reading where grants are not bound to users. */
    usable(reading: Reading): Reading;
    /** Goes up each time that may come out differently. */
    readonly usableVersion: number;
    /** Identifies a user by any of the names that grants give them, as far as Okta was asked. */
    idOfUser(user: string): string;
    /** Who else wrote a zone last, where that is known. */
    lastWriter(zoneId: string): string | undefined;
}

/** What happens to a membership. */
export type ReconcilerEvent =
    /** This agent leads from now on. */
    | {
          readonly type: "lead";
          /** The memory to lead by, where it is news. */
          readonly remembered: Remembered | undefined;
          /** What the source said while another agent led. */
          readonly heard: Overheard | undefined;
      }
    /** It stands by, with what an earlier process left. */
    | { readonly type: "stand-by"; readonly remembered: Remembered | undefined; readonly isFirst: boolean }
    /** The source was read while another agent leads. */
    | { readonly type: "hear"; readonly reading: Reading; readonly prepared?: Prepared | undefined }
    /** Nothing new is begun. */
    | { readonly type: "stop" }
    /** The source may say something new. */
    | { readonly type: "hint" }
    /** Another writer may have changed a zone. */
    | { readonly type: "suspect" }
    /** A decision may come out differently for another reason. */
    | { readonly type: "recheck" }
    /** Lets go of what is held, if it is just this. `asked` names the question for the answer. */
    | {
          readonly type: "confirm";
          readonly asked: number;
          readonly held: readonly string[];
          readonly by: string;
          readonly reason: string | undefined;
      }
    /** A task has ended; see Effect. */
    | ({ readonly type: "done"; readonly lane: LaneName; readonly number: number } & Results)
    | {
          readonly type: "failed";
          readonly lane: LaneName;
          readonly number: number;
          readonly error: unknown;
          /** Of a zone that Okta does not have: whether it was ever seen. */
          readonly isSeen?: boolean;
      };

export type LaneName = "source" | "zone" | "confirmation";

/** What a task brought, each of its own kind. */
export interface Results {
    readonly reading?: Reading;
    /** Kept with the reading until it is handled, see `prepareReading`; nothing else reads it. */
    readonly prepared?: Prepared;
    readonly zone?: Zone;
    readonly receipt?: Receipt;
    /** The name of a write, whose line is kept. */
    readonly id?: string;
    /** Why something else could not be kept that has to be before a write. */
    readonly unkept?: { readonly error: unknown };
    readonly unsettled?: ReadonlyMap<string, PendingWrite>;
}

/**
 *   idle       there is nothing to go by: the source has never said anything
 *   unchanged  the zones were as they should be
 *   written    now they are
 *   held       something waits for a confirmation; the rest is as it should be
 *   waiting    the budget did not suffice for every zone
 */
export type RoundResult = "idle" | "unchanged" | "written" | "held" | "waiting";

/** What is to be done because of an event. Those that are begun come back as an event with their lane and their number. */
export type Effect =
    | { readonly do: "begin"; readonly lane: "source"; readonly number: number; readonly task: SourceTask }
    | { readonly do: "begin"; readonly lane: "zone"; readonly number: number; readonly task: ZoneTask }
    | { readonly do: "begin"; readonly lane: "confirmation"; readonly number: number; readonly task: ConfirmationTask }
    /** The memory is this one: it is written down if that is news. */
    | { readonly do: "remember"; readonly memory: Memory }
    /** The memory of an agent that stands by. */
    | { readonly do: "remember-heard"; readonly memory: Memory }
    /** The memory is written down again, so that the reading that it is of is as recent as it is. */
    | { readonly do: "keep-again" }
    /** Ends the rest of the zone lane. */
    | { readonly do: "wake" }
    /** Says that a request for this purpose is wanted: it is made now, or waits for its turn. */
    | { readonly do: "claim"; readonly purpose: Purpose }
    | { readonly do: "tell-round"; readonly result: RoundResult | "failed" }
    | { readonly do: "tell-trouble"; readonly trouble: Failure | undefined }
    | { readonly do: "tell-decided"; readonly decided: Decided }
    /** What was confirmed; nothing where something else is held. */
    | { readonly do: "answer"; readonly asked: number; readonly confirmed: readonly string[] }
    | { readonly do: "refuse"; readonly asked: number; readonly error: unknown }
    /** It leads no more. */
    | { readonly do: "end"; readonly error?: { readonly thrown: unknown } };

/** The line of a confirmation, and then the memory of it. */
export type ConfirmationTask = RecordTask | { readonly do: "keep"; readonly inForce?: undefined };
