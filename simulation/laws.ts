import { boundsOf } from "./bounds";
import { type Facts, factsOf } from "./facts";
import { denies } from "./laws/denials";
import { endsAllSessions, endsSessionsInTime } from "./laws/endedSessions";
import { keepsLeftStatics, keepsWhatItFound } from "./laws/foundEntries";
import { hears } from "./laws/hears";
import { admitsNobodyOfAHeldReading, keepsTheKnown, putsOutOnTime } from "./laws/held";
import { keepsItsLedger, losesNoLine } from "./laws/ledger";
import { appliesInTime } from "./laws/membership";
import { asksWithinItsBudget, endsForNothing, isLed, leadsAlone } from "./laws/process";
import { losesNobodyByAccident } from "./laws/removals";
import { sparesTheGranted } from "./laws/sparedSessions";
import {
    goesOnFromWhatItSaw,
    keepsTheRest,
    leavesNoZoneEmpty,
    letsNobodyBackIn,
    settlesByReading,
    writesForGrantsOnly,
    writesNothingInVain,
} from "./laws/writes";
import type { Trace } from "./trace";

export interface Violation {
    readonly law: string;
    readonly what: string;
}

/** A law looks at everything that happened and says what was against it, one sentence each. */
export type Law = (facts: Facts, bounds: ReturnType<typeof boundsOf>) => readonly string[];

/** What holds in every history. Each is explained where it is written. */
export const LAWS: Readonly<Record<string, Law>> = {
    endsForNothing,
    leavesNoZoneEmpty,
    appliesInTime,
    hears,
    writesForGrantsOnly,
    letsNobodyBackIn,
    writesNothingInVain,
    settlesByReading,
    goesOnFromWhatItSaw,
    keepsTheRest,
    losesNobodyByAccident,
    keepsTheKnown,
    putsOutOnTime,
    admitsNobodyOfAHeldReading,
    keepsWhatItFound,
    keepsLeftStatics,
    denies,
    leadsAlone,
    isLed,
    asksWithinItsBudget,
    keepsItsLedger,
    losesNoLine,
    endsSessionsInTime,
    endsAllSessions,
    sparesTheGranted,
};

export function judge(trace: Trace): Violation[] {
    const [facts, bounds] = [factsOf(trace), boundsOf(trace.history)];
    return Object.entries(LAWS).flatMap(([law, check]) => check(facts, bounds).map((what) => ({ law, what })));
}
