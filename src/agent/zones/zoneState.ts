import { holds } from "../../okta/zones/setGateways";
import type { Zone } from "../../okta/zones/zones";

/**
 * What the agent takes a zone to hold, and how it knows.
 *
 *   unread   nothing is known yet
 *   sure     a read showed it, and the agent has written nothing since
 *   taken    Okta took the agent's write, and no read has shown it yet
 *   open     whether Okta carried out the agent's write is not known
 *   gone     Okta has no such zone any more, or it can hold no grants
 */
export interface ZoneState {
    readonly id: string;
    readonly state: "unread" | "sure" | "taken" | "open" | "gone";
    /** As it was read last, with the gateways of a write that was taken since. */
    readonly zone: Zone | undefined;
    /** When it was last read, in milliseconds; -Infinity before that. */
    readonly readAtMs: number;
    /** The agent's last write, while no read has settled it. */
    readonly write: PendingWrite | undefined;
    /** How many looks in a row showed something else; Okta may answer with what was a moment ago. */
    readonly doubts: number;
    /** When to look at the zone next. */
    readonly lookAtMs: number;
    /** When Okta took the last write. */
    readonly acceptedAtMs: number | undefined;
    /** Since when reads have shown just these gateways. */
    readonly inForceSinceMs: number | undefined;
    /** Why the zone is gone, while it is. */
    readonly problem: string | undefined;
}

export interface PendingWrite {
    readonly id: string;
    readonly before: readonly string[];
    readonly after: readonly string[];
}

/** What a look at a zone told, and of which write. */
export type Observation =
    | { readonly kind: "first" | "same" | "doubtful" }
    | { readonly kind: "verified" | "carried-out" | "not-carried-out" | "overwritten"; readonly write: PendingWrite }
    | { readonly kind: "drift"; readonly expected: readonly string[]; readonly write: PendingWrite | undefined };

/** How long after a write the agent looks whether the zone shows it, so that changes that follow go first. */
export const VERIFY_AFTER_MS = 1000;

/** Waits between looks at a zone that does not show what it should, in milliseconds. */
const DOUBT_MS = [250, 500, 1000, 2000];

/** How many looks in a row have to differ before the agent believes them. */
const CONVINCED = 2;

/**
 * For so long after a write Okta may answer with what was before it. Looks that come later need no more doubts than others: with
 * few requests each is half a minute after the one before.
 */
const SPREADS_MS = DOUBT_MS.reduce((sum, ms) => sum + ms, VERIFY_AFTER_MS);

/** @param write What an earlier process meant to write, where its ledger does not say what became of it. */
export function unread(id: string, write?: PendingWrite): ZoneState {
    return {
        id,
        state: "unread",
        zone: undefined,
        readAtMs: -Infinity,
        write,
        doubts: 0,
        lookAtMs: -Infinity,
        acceptedAtMs: undefined,
        inForceSinceMs: undefined,
        problem: undefined,
    };
}

/**
 * What to believe after a look.
 *
 *   state         the zone shows           observation
 *   unread, gone  anything                 first; of a write that was open: carried-out,
 *                                          not-carried-out or overwritten
 *   sure          what it did              same
 *   sure          something else           doubtful; the second time drift
 *   taken         what was written         verified
 *   taken         something else           doubtful, for five seconds and once at least; then drift
 *   open          what was written         carried-out
 *   open          what was there before    doubtful; the second time not-carried-out
 *   open          a third list             doubtful; the second time drift
 *
 * @param everyMs When to look again at a zone that shows what it should.
 */
export function afterLook(
    before: ZoneState,
    seen: Zone,
    nowMs: number,
    everyMs: number,
): { readonly next: ZoneState; readonly observation: Observation } {
    const { state, zone, write } = before;
    const next = settled(before, seen, nowMs, everyMs);
    if (state === "unread" || state === "gone" || zone === undefined) {
        return { next, observation: write === undefined ? { kind: "first" } : fateOf(write, seen) };
    }
    const expected = state === "open" && write !== undefined ? write.after : zone.gateways;
    if (holds(seen, expected)) {
        if (write === undefined) return { next, observation: { kind: "same" } };
        if (state === "taken") return { next, observation: { kind: "verified", write } };
        return { next: { ...next, acceptedAtMs: nowMs }, observation: { kind: "carried-out", write } };
    }
    const doubts = before.doubts + 1;
    if (doubts < looksToBelieve(before, nowMs)) {
        const lookAtMs = nowMs + (DOUBT_MS[doubts - 1] ?? 0);
        // What it is called, say, is not in doubt: a write sends it back.
        const shown = { ...seen, gateways: zone.gateways };
        return {
            next: { ...before, zone: shown, doubts, lookAtMs, readAtMs: nowMs },
            observation: { kind: "doubtful" },
        };
    }
    const isUndone = state === "open" && write !== undefined && holds(seen, write.before);
    if (isUndone) return { next, observation: { kind: "not-carried-out", write } };
    return { next: { ...next, inForceSinceMs: nowMs }, observation: { kind: "drift", expected, write } };
}

/** A clock that was set back since the write says nothing about how long ago that was. */
function looksToBelieve({ state, acceptedAtMs = 0 }: ZoneState, nowMs: number): number {
    const isFresh = nowMs - acceptedAtMs < SPREADS_MS;
    return state === "taken" && isFresh ? DOUBT_MS.length + 1 : CONVINCED;
}

function fateOf(write: PendingWrite, seen: Zone): Observation {
    if (holds(seen, write.after)) return { kind: "carried-out", write };
    return { kind: holds(seen, write.before) ? "not-carried-out" : "overwritten", write };
}

function settled(before: ZoneState, seen: Zone, nowMs: number, everyMs: number): ZoneState {
    return {
        ...before,
        state: "sure",
        zone: seen,
        readAtMs: nowMs,
        write: undefined,
        doubts: 0,
        lookAtMs: nowMs + everyMs,
        inForceSinceMs: before.state === "sure" ? before.inForceSinceMs : nowMs,
        problem: undefined,
    };
}

/** What to believe after Okta took a write. */
export function afterWrite(before: ZoneState, zone: Zone, write: PendingWrite, nowMs: number): ZoneState {
    return {
        ...before,
        state: "taken",
        zone: { ...zone, gateways: write.after },
        write,
        doubts: 0,
        lookAtMs: nowMs + VERIFY_AFTER_MS,
        acceptedAtMs: nowMs,
        inForceSinceMs: undefined,
    };
}

/** What to believe after a write whose answer never came. */
export function afterSilence(before: ZoneState, write: PendingWrite, nowMs: number): ZoneState {
    return { ...before, state: "open", write, doubts: 0, lookAtMs: nowMs, inForceSinceMs: undefined };
}

/** What to believe of a zone that Okta does not have, or that can hold no grants; it may be restored. */
export function afterLoss(before: ZoneState, problem: string, nowMs: number): ZoneState {
    return { ...unread(before.id), state: "gone", zone: before.zone, lookAtMs: nowMs + 60_000, problem };
}
