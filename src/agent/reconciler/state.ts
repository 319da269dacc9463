import type { Span } from "../../core/addresses/ip";
import type { Grant } from "../../core/grants/grants";
import type { Reading } from "../../core/grants/grantsDocument";
import type { Selector } from "../../core/grants/selection";
import type { Decision } from "../../core/membership/decide";
import type { Released } from "../../core/membership/decidedRemovals";
import type { Memory } from "../../core/membership/memory";
import type { Refusal } from "../../core/membership/plan";
import type { Rules } from "../../core/membership/rules";
import type { Purpose } from "../../core/pace";
import { unread, type ZoneState } from "../zones/zoneState";
import type { Failure } from "./failures";
import type { SourceLane, ZoneLane } from "./lanes";
import type { MovedGrant } from "./movedGrants";

/** What is the same for as long as a membership is kept. */
export interface ReconcilerSettings {
    /** The zones that share the membership, in order. */
    readonly zoneIds: readonly string[];
    readonly rules: Rules;
    /** Whether what another writer changed is undone. */
    readonly drift: "heal" | "report";
    readonly firstContact: "hold" | "apply";
    /** Whether grants are bound to users. */
    readonly isBound: boolean;
    /** Whether the Okta sessions of users without a grant are ended. */
    readonly endsSessions: boolean;
    /** Whether the state folder belongs to whichever agent leads, and not to this one alone. */
    readonly isStateShared: boolean;
    /** How logs call the source, see GrantSource. */
    readonly sourceName: string;
    readonly pollMs: number;
    /** How long the grants that were read last outlast a source that cannot be read; undefined: for ever. */
    readonly maxStaleMs: number | undefined;
    /** Of which grants is told that they are read; with several memberships, each tells of its own. Undefined: of all. */
    readonly toldOf: Selector | undefined;
}

/** All that a membership goes by. Times are milliseconds since 1970 by the clock of grants, where nothing else is said. */
export interface ReconcilerState {
    readonly isLeading: boolean;
    /** Nothing new is begun: it is told to stop, or another agent may lead. */
    readonly isEnding: boolean;
    readonly source: SourceState;
    /** Undefined where nothing was ever remembered. */
    readonly memory: Memory | undefined;
    readonly decided: DecidedState;
    readonly zones: readonly ZoneState[];
    /** Whether a look has shown what a decision is due for: outlasts a line that cannot be written, and a look that fails. */
    readonly isLookWorthARound: boolean;
    readonly written: WrittenState;
    readonly timing: Timing;
    readonly sourceLane: SourceLane;
    readonly zoneLane: ZoneLane;
    readonly confirmations: readonly AskedConfirmation[];
    /** The number that was given last, see Effect. */
    readonly lastNumber: number;
}

/** What the source said last, for as long as it may count. */
export interface SourceState {
    /** Undefined while this process has not read the source. */
    readonly reading: Reading | undefined;
    /** Also by an earlier process. */
    readonly lastReadAtMs: number | undefined;
    /** Why the last read failed; undefined when it did not. */
    readonly problem: string | undefined;
    readonly failingSinceMs: number;
    readonly failures: number;
    /** Goes up each time the source says something else, too old grants count again, or are found to be too old. */
    readonly version: number;
    /** When it is to be read next. */
    readonly dueMs: number;
    /** Until when nothing is to be written, as the first read may tell; -Infinity once that has ended. */
    readonly waitsUntilMs: number;
    /** What the last read threw that another try would not mend. */
    readonly thrown: { readonly error: unknown } | undefined;
    /** When the memory was last written down only because the source was read again. */
    readonly keptAtMs: number;
    /** When the source called since the last read began; undefined when it did not. */
    readonly hintedAtMs: number | undefined;
    /** Of the read under way: since when its news may have waited. */
    readonly readSinceMs: number;
    /** Versions that are not in force, and since when each has waited. */
    readonly news: readonly { readonly version: number; readonly sinceMs: number }[];
}

/** What was decided last. */
export interface DecidedState {
    readonly decision: Decision | undefined;
    /** The version of the grants that it went by. */
    readonly version: number;
    /** What confirmations let go that is not written yet, and whose they are. */
    readonly released: readonly Released[];
    /** How often something was confirmed. */
    readonly confirmations: number;
    /** Whether another agent may have led since. */
    readonly isTakeOver: boolean;
    /** Grants of the reading that wait until another membership lets go of them. */
    readonly moved: readonly MovedGrant[];
    /** Grants of the reading whose user cannot be used, for the lines about them. */
    readonly unbound: readonly Refusal[];
    /**
     * What the source said before this agent saw the zones and was not taken for known, oldest first: the agent before
     * may have gone by it.
     */
    readonly heard: readonly HeldReading[];
    /** Of the two that a release answers: a decision of just before a confirmation may be recorded after it. */
    readonly lastTold: "held" | "confirmed" | undefined;
}

/** A reading that was held when no zone was known. The agent that led may have let in what it grants: it was confirmed there. */
export interface HeldReading {
    readonly reading: Reading;
    /** Whether a later reading was accepted: then this one says nothing of who has left since. */
    readonly isPast: boolean;
    /** What this agent knew when it was heard. */
    readonly known: readonly Grant[];
}

/** For what the zones were last written. */
export interface WrittenState {
    readonly grants: readonly Grant[];
    readonly statics: readonly Span[];
    /** When this agent began to lead. */
    readonly beganAtMs: number;
    /** Grants that Okta took into a zone within the last minute, a list for each write, in order. */
    readonly admitted: readonly { readonly atMs: number; readonly ids: ReadonlySet<string> }[];
}

/** What a decision went by. */
export interface Basis {
    readonly version: string;
    readonly atMs: number;
}

export interface Timing {
    /** When the latest pass began, to notice a clock that was set back. */
    readonly lastMs: number;
    /** Since when the zones are not as they should be; undefined when they are. */
    readonly dueSinceMs: number | undefined;
    /** What the latest decision went by that was written. */
    readonly planned: Basis;
    /** What the latest of all went by. */
    readonly judged: Basis;
    /** When the zones last were as they should be, by what Okta said. */
    readonly lastSuccessMs: number | undefined;
    /** What went wrong last; undefined once it is mended. */
    readonly lastError: Failure | undefined;
    readonly failures: number;
    /** Until when Okta is left alone because of it; -Infinity where it is not. */
    readonly pausesUntilMs: number;
    /** What the first write would do that the latest round could not afford; a removal while that is not known. */
    readonly waitsFor: Purpose;
}

/** A confirmation whose ledger line, or whose copy on disk, is not written yet. */
export interface AskedConfirmation {
    readonly asked: number;
    /** See Effect. */
    readonly number: number;
    readonly isRecorded: boolean;
    readonly items: readonly string[];
    readonly held: readonly string[];
    readonly spans: readonly Span[];
    readonly by: string;
    readonly reason: string | undefined;
}

export const NEVER: Basis = { version: "", atMs: -Infinity };

/** Nothing is known of source, memory and zones. */
export function initialState({ zoneIds }: Pick<ReconcilerSettings, "zoneIds">): ReconcilerState {
    return {
        isLeading: false,
        isEnding: false,
        source: {
            reading: undefined,
            lastReadAtMs: undefined,
            problem: undefined,
            failingSinceMs: -Infinity,
            failures: 0,
            version: 0,
            dueMs: -Infinity,
            waitsUntilMs: -Infinity,
            thrown: undefined,
            keptAtMs: -Infinity,
            hintedAtMs: undefined,
            readSinceMs: -Infinity,
            news: [],
        },
        memory: undefined,
        decided: {
            decision: undefined,
            version: -1,
            released: [],
            confirmations: 0,
            isTakeOver: false,
            moved: [],
            unbound: [],
            heard: [],
            lastTold: undefined,
        },
        zones: zoneIds.map((id) => unread(id)),
        isLookWorthARound: false,
        written: { grants: [], statics: [], beganAtMs: -Infinity, admitted: [] },
        timing: {
            lastMs: -Infinity,
            dueSinceMs: undefined,
            planned: NEVER,
            judged: NEVER,
            lastSuccessMs: undefined,
            lastError: undefined,
            failures: 0,
            pausesUntilMs: -Infinity,
            waitsFor: "remove",
        },
        sourceLane: { tasks: [], underWay: undefined, step: { at: "idle" } },
        zoneLane: { tasks: [], underWay: undefined, step: { at: "off" } },
        confirmations: [],
        lastNumber: 0,
    };
}
