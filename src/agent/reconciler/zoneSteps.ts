import { fail } from "./endOfPass";
import type { StepAt, ZoneStep } from "./lanes";
import { beginPass, endJudging, lookNext } from "./pass";
import {
    beginRound,
    continueWrites,
    decideIfDue,
    endRound,
    endStarved,
    lookBefore,
    lookOnceMore,
    settle,
} from "./round";
import type { Turn } from "./turn";

type ZoneSteps = { readonly [At in ZoneStep["at"]]: (turn: Turn, step: StepAt<At>) => void };

/** What each step of the zone lane does once its tasks are done. */
const ZONE_STEPS: ZoneSteps = {
    off: () => {},
    begin: () => {},
    pass: beginPass,
    look: lookNext,
    ready: decideIfDue,
    judge: endJudging,
    decided: beginRound,
    write: continueWrites,
    fresh: lookBefore,
    seen: lookOnceMore,
    starved: endStarved,
    written: (turn, { round }) => settle(turn, round),
    settled: (turn, { round }) => endRound(turn, round),
    failed: (turn, { error }) => fail(turn, error),
};

export function goOnWithZones(turn: Turn): void {
    const { step } = turn.state.zoneLane;
    ZONE_STEPS[step.at](turn, step as never);
}
