import type { Clock } from "../../clock";
import { isCoded, isTransient } from "../../core/errors/errors";
import type { Decided } from "../../core/group/wantedUsers";
import type { Denial } from "../../core/membership/denials";
import type { Rules } from "../../core/membership/rules";
import type { GrantCache } from "../grants/grantCache";
import { openSourcePoller } from "../grants/sourcePoller";
import type { MembershipMemory } from "../memory/membershipMemory";
import type { Budget } from "../requestBudget";
import type { PendingWrite } from "../zones/zoneState";
import type { ZoneTracker } from "../zones/zoneTracker";
import type { Decider } from "./decision";
import { type Failure, openFailures } from "./failures";
import { type InForce, openRounds, type RoundResult } from "./round";
import { createWakeup } from "./wakeup";

export interface LoopOptions {
    readonly grants: GrantCache;
    readonly zones: ZoneTracker;
    readonly deciding: Decider;
    readonly remembering: Pick<MembershipMemory, "kept">;
    readonly denials: { list(): readonly Denial[] };
    readonly rules: Rules;
    readonly budget: Pick<Budget, "waitMs" | "mayAsk">;
    readonly clock: Clock;
    /** Hears how each round ended. @default silent */
    readonly onRound?: (result: RoundResult | "failed") => void;
    /** Hears what keeps the zones from being as they should be, once for each reason, and that nothing does any more. */
    readonly onTrouble?: (trouble: Failure | undefined) => void;
    /** Hears who is inside by a grant, each time the zones are as they should be. @default none */
    readonly onInForce?: (inForce: InForce) => Promise<void>;
    /** Hears each decision before the zones are written. @default none */
    readonly onDecided?: (decided: Decided) => void;
    /** Settles what time it is, before each decision. @default the clock is believed */
    readonly settleTime?: (signal: AbortSignal) => Promise<void>;
}

/**
 * Keeps the zones of one membership equal to its grants, for as long as it leads:
 *
 *   the source may say something new   read it, while everything else goes on
 *   it does, or time starts or ends
 *   a grant, or a zone has drifted     decide, and write what the decision changes: at once
 *   nothing of that for a second       look whether the zone shows what was written
 *   nothing for half a minute          look at the zones, as somebody else may have written them
 */
export interface Loop {
    /**
     * Rounds until `stop` or `lost` aborts. A write under way is finished when it is told
     * to stop, and cut off when the lead is lost.
     *
     * @param unsettled The last write of each zone, by its id, of which nobody knows what became.
     * @throws what makes going on senseless: before the first round ended well, whatever
     *     another try would not mend; later, only an error without a code, which is a bug
     */
    run(stop: AbortSignal, lost: AbortSignal, unsettled?: ReadonlyMap<string, PendingWrite>): Promise<void>;
    /** The source may say something new. */
    wake(): void;
    /** A decision may come out differently. */
    redecide(): void;
    /** Somebody may have written a zone. */
    suspect(): void;
    /** A decision may come out differently for another reason. */
    recheck(): void;
    /** Lets go of what is held. @returns what was confirmed; nothing if something else is held */
    confirm(held: readonly string[], by: string, reason?: string): Promise<readonly string[]>;
    state(): LoopState;
}

export interface LoopState {
    readonly isLeading: boolean;
    /** Since when the zones are not as they should be; undefined when they are. */
    readonly dueSinceMs: number | undefined;
    /** When the zones last were as they should be, by what Okta said. */
    readonly lastSuccessMs: number | undefined;
    /** Undefined once it is mended. */
    readonly lastError: Failure | undefined;
    /** When Okta took a grant into a zone, as far as that is known, see Rounds. */
    readonly admittedAtMs: (id: string) => number;
}

/** What a decision went by. */
interface Basis {
    readonly version: string;
    readonly atMs: number;
}

const NEVER: Basis = { version: "", atMs: -Infinity };

/** What ends a time of leading. */
interface Ends {
    /** A write under way is finished. */
    readonly stop: AbortSignal;
    /** It is cut off. */
    readonly lost: AbortSignal;
    /** Either of them. */
    readonly over: AbortSignal;
}

/** No sleep is longer, so that a clock that was set forward delays nothing for longer than this. */
const LONGEST_SLEEP_MS = 15_000;

export function createLoop(options: LoopOptions): Loop {
    const {
        grants,
        zones,
        deciding,
        budget,
        clock,
        onRound = () => {},
        onTrouble = () => {},
        onInForce = async () => {},
        settleTime = async () => {},
    } = options;
    const bell = createWakeup(clock);
    const rounds = openRounds({ ...options, onInForce });
    const reading = openSourcePoller({ grants, clock, onEnd: bell.ring });
    let isLeading = false;
    let dueSinceMs: number | undefined;
    /** What the latest decision went by that was written, and the latest of all. */
    let [planned, judged] = [NEVER, NEVER];
    let lastSuccessMs: number | undefined;
    const troubles = openFailures({ clock, windowMs: () => budget.waitMs("remove"), onTrouble });

    const due = () => {
        dueSinceMs ??= clock.now();
    };

    /**
     * The source said something else, somebody let go of what was held, time has started or ended a grant, or the
     * clock was set back to before that.
     */
    function isOverdue(latest: Basis): boolean {
        const nowMs = clock.now();
        const momentMs = deciding.momentAfter(latest.atMs) ?? Infinity;
        return deciding.version() !== latest.version || momentMs <= nowMs || nowMs < latest.atMs;
    }

    async function judge(): Promise<void> {
        if (!isOverdue(judged) || clock.now() < reading.waitsUntilMs()) return;
        judged = { version: deciding.version(), atMs: clock.now() };
        await (zones.isKnown() ? rounds.decide() : deciding.judge());
    }

    async function pass({ stop, lost, over }: Ends): Promise<void> {
        reading.start(over);
        if (isOverdue(planned)) due();
        try {
            reading.check();
            if (clock.now() < troubles.pausesUntilMs()) {
                // What the source says meanwhile is judged all the same: a later reading is compared with it, and
                // the group does not wait for zones that cannot be written.
                await judge();
                return;
            }
            await look(over);
            // After the look, whose answer may have settled it; nothing is awaited between this and the decision.
            await settleTime(over);
            const isReady = zones.isKnown() && clock.now() >= reading.waitsUntilMs();
            if (dueSinceMs !== undefined && isReady) await round(stop, lost);
        } catch (error) {
            if (over.aborted) throw error;
            complain(error);
        }
    }

    async function look(over: AbortSignal): Promise<void> {
        const isDue = dueSinceMs !== undefined;
        if (isDue ? zones.isKnown() : zones.nextLookMs() > clock.now()) return;
        const { isWorth, looks } = await zones.look(isDue ? "remove" : "look", over);
        if (isWorth) due();
        else if (looks > 0 && !isDue && zones.isKnown()) succeed();
    }

    async function round(stop: AbortSignal, lost: AbortSignal): Promise<void> {
        planned = { version: deciding.version(), atMs: clock.now() };
        judged = planned;
        const result = await rounds.run(stop, lost);
        onRound(result);
        if (result === "waiting") return;
        dueSinceMs = undefined;
        if (result !== "idle") succeed();
    }

    function succeed(): void {
        lastSuccessMs = clock.now();
        troubles.over();
    }

    function complain(error: unknown): void {
        onRound("failed");
        if (!isTransient(error) && (lastSuccessMs === undefined || !isCoded(error))) throw error;
        troubles.met(error);
    }

    /** The clock was set back: no pause and no interval that began before lasts until it has caught up. */
    function forgetTimes(): void {
        reading.waitNoLonger();
        troubles.endPause();
        zones.forgetTimes();
        grants.hint();
    }

    /** How long there is nothing to do, as far as anybody knows. */
    function idleMs(): number {
        const nowMs = clock.now();
        const isDue = dueSinceMs !== undefined;
        const oktaMs = isDue
            ? nowMs + budget.waitMs(zones.isKnown() ? rounds.waitsFor() : "remove")
            : Math.max(zones.nextLookMs(), nowMs + budget.waitMs("look"));
        const nextMs = Math.min(
            reading.dueMs(),
            // Whoever has to go meanwhile does not wait until there is enough for whoever wants in.
            deciding.momentAfter(isDue ? nowMs : planned.atMs) ?? Infinity,
            Math.max(oktaMs, troubles.pausesUntilMs(), isDue && zones.isKnown() ? reading.waitsUntilMs() : -Infinity),
        );
        return Math.min(LONGEST_SLEEP_MS, Math.max(0, nextMs - nowMs));
    }

    return {
        async run(stop, lost, unsettled = new Map()) {
            const ending = new AbortController();
            const over = ending.signal;
            const end = () => ending.abort();
            for (const signal of [stop, lost]) signal.addEventListener("abort", end, { once: true });
            if (stop.aborted || lost.aborted) end();
            isLeading = true;
            let lastMs = clock.now();
            reading.begin();
            troubles.endPause();
            zones.forget(unsettled);
            grants.hint();
            rounds.begin();
            due();
            try {
                while (!over.aborted) {
                    if (clock.now() < lastMs) forgetTimes();
                    lastMs = clock.now();
                    await pass({ stop, lost, over });
                    await bell.sleep(idleMs(), over);
                }
            } catch (error) {
                if (!over.aborted) throw error;
            } finally {
                isLeading = false;
                end();
                for (const signal of [stop, lost]) signal.removeEventListener("abort", end);
                await reading.ended();
            }
        },
        wake() {
            grants.hint();
            bell.ring();
        },
        redecide: bell.ring,
        suspect() {
            zones.hint();
            bell.ring();
        },
        recheck: bell.ring,
        async confirm(held, by, reason) {
            const confirmed = await deciding.confirm(held, by, reason);
            bell.ring();
            return confirmed;
        },
        state: () => ({
            isLeading,
            dueSinceMs,
            lastSuccessMs,
            lastError: troubles.last(),
            admittedAtMs: rounds.admittedAtMs,
        }),
    };
}
