import { perMinuteOf } from "../src/core/pace";
import type { History } from "./history";
import { SYNC_MS } from "./ledgerDisk";
import { EXPIRY_MS, HANDOVER_MS } from "./lock";
import { ROUND_TRIP_MS, TIMEOUT_MS } from "./okta";
import { POLL_MS } from "./process";
import { READ_MS } from "./source";
import { USERS } from "./users";

/** How long each thing may take, derived from the design and from what the adversary may do, and from nothing else. */
export interface Bounds {
    /** Requests that an agent may make in any minute. */
    readonly perMinute: number;
    /** From a decision that is due to the last zone that it changes, on a good day and with requests to spare. */
    readonly applyMs: number;
    /** The same where the token bucket is empty and in debt. */
    readonly starvedMs: number;
    /** The requests that a change may need: where more tokens than these are left, it does not starve. */
    readonly needed: number;
    /** From the end of the last trouble with Okta until the zones are as they should be. */
    readonly recoverMs: number;
    /** From the last trouble until somebody leads. */
    readonly takeOverMs: number;
    /** From the source's hint, or from the time at which it is read without one, until the agent has read it. */
    readonly hearMs: number;
    /** From the end of an outage of the source until it is read again. */
    readonly sourceRecoverMs: number;
    /** From the round that puts somebody out until their sessions are ended, where nothing fails. */
    readonly clearMs: number;
    /** The longest wait after an ending of sessions that failed. */
    readonly clearAgainMs: number;
    /** How old a decision may be when the last of its writes leaves. */
    readonly decisionMs: number;
    /** How old a read of a zone may be for a write to go on from it. */
    readonly trustMs: number;
}

/** src/agent/reconciler/loop.ts, src/agent/leadership/whileLeading.ts: the longest pause after a failure, a quarter longer by chance. */
const LONGEST_PAUSE_MS = 60_000 * 1.25;

/** A process that dies is seen, started again, and may stay down for as long as a history says. */
const DOWN_MS = 5000 + 5000 + 60_000;

/** src/agent/reconciler/loop.ts: no sleep is longer. */
export const LONGEST_SLEEP_MS = 15_000;

/** src/agent/zones/zoneState.ts: the waits of all looks that it takes to believe what nobody of ours wrote. */
const DOUBTS_MS = 250 + 500 + 1000 + 2000;

/** src/agent/grants/grantCache.ts: how long one reading may take, and the longest pause after one that failed. */
const [READING_MS, READ_PAUSE_MS] = [30_000, 60_000];

/** src/agent/sessions/queue.ts: the longest wait after a failure, a quarter longer by chance. */
const CLEAR_PAUSE_MS = 300_000 * 1.25;

/** The exchange's waits before it asks again where a connection was refused, a quarter longer by chance. */
const REPEATS_MS = (250 + 500) * 1.25;

/** A page of lines under way and the one with the line: each is synced, and where it begins a file, so are names twice. */
export const LINE_MS = 2 * 3 * SYNC_MS;

export function boundsOf({ zones, limit, share }: Pick<History, "zones" | "limit" | "share">): Bounds {
    const perMinute = Math.max(perMinuteOf(limit, share), perMinuteOf(50, share));
    const known = perMinuteOf(limit, share);
    const lookEveryMs = Math.max(30_000, (zones * 120_000) / known);
    // A look under way at every zone, a look that the change needs at every zone, and a write to every zone.
    const applyMs = 3 * zones * (ROUND_TRIP_MS + 2 * LINE_MS) + 2 * LINE_MS;
    // Two of debt, a look and a write for each zone, a look that was under way, and what an addition leaves to removals.
    const needed = 2 + 3 * zones + 1;
    const starvedMs = applyMs + (needed / (known / 2)) * 60_000;
    return {
        perMinute,
        applyMs,
        starvedMs,
        needed,
        // A clock that was set is noticed after a sleep.
        recoverMs:
            LONGEST_SLEEP_MS + LONGEST_PAUSE_MS + lookEveryMs + DOUBTS_MS + 5 * zones * ROUND_TRIP_MS + starvedMs,
        takeOverMs: DOWN_MS + LONGEST_PAUSE_MS + EXPIRY_MS + HANDOVER_MS,
        // A reading that was under way, and the one that the hint asks for; the loop may be at Okta meanwhile.
        hearMs: 2 * READ_MS + applyMs,
        sourceRecoverMs: READING_MS + READ_PAUSE_MS + READ_MS + applyMs,
        // The queue is kept, and everybody is before them in it, each with a look-up, a receipt, and the queue kept again.
        clearMs: 2 * SYNC_MS + 2 * USERS.length * (2 * ROUND_TRIP_MS + LINE_MS + 2 * SYNC_MS),
        clearAgainMs: CLEAR_PAUSE_MS,
        decisionMs: zones * TIMEOUT_MS + REPEATS_MS + 2 * LINE_MS,
        trustMs: Math.max(60_000, 2 * lookEveryMs),
    };
}

/** The longest that a change waits without a hint. */
export const UNHEARD_MS = POLL_MS;
