import type { Clock } from "../clock";
import type { MemoryStore, Remembered } from "../core/membership/memory";
import type { MembershipSettings } from "../core/settings/agentSettings";
import type { RateLimit } from "../okta/http";
import type { ZoneStore } from "../okta/zones/zones";
import type { GrantSource } from "../sources/source";
import type { Denials } from "./denials/denials";
import type { RecordEvent } from "./events/events";
import { type GrantCache, KEPT_WITHIN, openGrantCache, type SourceHealth } from "./grants/grantCache";
import { openStandbyReader } from "./grants/standbyReader";
import type { GroupBinding } from "./group/boundGroup";
import type { LockState } from "./leadership/leadership";
import { openMembershipMemory } from "./memory/membershipMemory";
import { openDecider } from "./reconciler/decision";
import { createLoop, type LoopOptions } from "./reconciler/loop";
import { holdsMoved, type OtherMembership } from "./reconciler/movedGrants";
import type { InForce, RoundResult } from "./reconciler/round";
import type { Budget } from "./requestBudget";
import type { PendingClearing } from "./sessions/clearing";
import { viewOf } from "./status/buildView";
import type { AgentView } from "./status/view";
import type { TimeCheck } from "./timeCheck";
import type { KnownZones } from "./zones/knownZones";
import type { PendingWrite } from "./zones/zoneState";
import { openZoneTracker } from "./zones/zoneTracker";

export interface MembershipOptions {
    readonly settings: Pick<MembershipSettings, "zones" | "rules" | "drift" | "maxStaleMs" | "pollMs" | "firstContact">;
    readonly source: GrantSource;
    /** What the status calls the source: `file`, `postgres` and so on. */
    readonly sourceType: string;
    readonly zones: ZoneStore;
    readonly budget: Budget;
    readonly rateLimit: () => RateLimit | undefined;
    /** Where the memory outlives the process. */
    readonly memories: MemoryStore;
    /**
     * Whether that belongs to whichever agent leads: one that stands by then writes nothing there, and takes it over
     * as it was left. @default false
     */
    readonly isStateShared?: boolean;
    /** What the kill switch keeps out. @default nothing */
    readonly denials?: Pick<Denials, "list" | "version">;
    readonly record: RecordEvent;
    /** Zones that an earlier process has seen. @default none */
    readonly seen?: KnownZones;
    /** The last write of each zone of which the ledger does not say what became. */
    readonly unsettled: () => Promise<ReadonlyMap<string, PendingWrite>>;
    /** Hears who is inside by a grant, each time the zones are as they should be. @default none */
    readonly onInForce?: (inForce: InForce) => Promise<void>;
    /** Who else wrote a zone last, where that is known. @default none */
    readonly lastWriter?: (zoneId: string) => string | undefined;
    /** The group whose members are the users with an active grant. @default grants are not bound to users */
    readonly bound?: GroupBinding;
    /** Whose sessions are still to be ended. @default nobody's */
    readonly clearings?: () => readonly PendingClearing[];
    /** Other memberships with the same source, whose grants may move here. @default none */
    readonly others?: () => readonly OtherMembership[];
    /** Hears how each round ended. @default silent */
    readonly onRound?: (result: RoundResult | "failed") => void;
    /** Hears what keeps the zones from being as they should be, see Loop. @default silent */
    readonly onTrouble?: LoopOptions["onTrouble"];
    /** What is known of the lock while this agent does not lead. @default nothing */
    readonly lockState?: () => LockState | undefined;
    readonly clock: Clock;
    /** Checks what `clock` says before each decision. @default the clock is believed */
    readonly time?: TimeCheck;
    /** Names a write, differently each time. */
    readonly newId: () => string;
}

/** Zones, and the grants that they are for. */
export interface Membership {
    /**
     * Keeps the zones until `stop` aborts, which lets the write under way come to its end,
     * or `lost`, which cuts it off.
     *
     * @throws what makes going on senseless, see Loop
     */
    run(stop: AbortSignal, lost: AbortSignal): Promise<void>;
    /** Keeps up with the source until the signal aborts, so that this agent may lead at any time; see StandbyReader. */
    standBy(signal: AbortSignal): Promise<void>;
    view(): AgentView;
    /** Lets go of what is held. @returns what was confirmed; nothing if something else is held */
    confirm(held: readonly string[], by: string, reason?: string): Promise<readonly string[]>;
    /** What grants are bound to may be known better than before. */
    redecide(): void;
    /** The source may say something new. */
    wake(): void;
    /** Somebody may have written a zone. */
    suspect(): void;
    /** A request may be made for which this one has waited. */
    resume(): void;
    /** Another membership may have let go of a grant that waits for that. */
    recheck(): void;
    /** What others have to know of the grants that this one holds. */
    readonly holding: Pick<OtherMembership, "holds" | "share" | "version">;
}

const NO_DENIALS: Pick<Denials, "list" | "version"> = { list: () => [], version: () => 0 };

export function createMembership(options: MembershipOptions): Membership {
    const { settings, source, zones, budget, record, clock } = options;
    const { rules, drift, maxStaleMs, pollMs } = settings;
    const { denials = NO_DENIALS, isStateShared = false } = options;
    const remembering = openMembershipMemory({
        store: options.memories,
        read: () => grants.read(),
        ...(maxStaleMs !== undefined && { standbyEveryMs: maxStaleMs / KEPT_WITHIN }),
    });
    const grants = openGrantCache({
        source,
        remembering,
        known: () => remembering.memory()?.grants ?? [],
        clock,
        record,
        pollMs,
        maxStaleMs,
        maxTimeToLiveMs: rules.timeToLive.maxMs,
        ...(options.others && { toldOf: rules.selector }),
    });
    const kept = openZoneTracker({
        zones,
        zoneIds: settings.zones,
        budget,
        clock,
        record,
        newId: options.newId,
        drift,
        ...(options.lastWriter && { lastWriter: options.lastWriter }),
        ...(options.seen && { seen: options.seen }),
    });
    const { firstContact } = settings;
    const { bound } = options;
    const usable = bound === undefined ? grants : boundGrants(grants, bound);
    const deciding = openDecider({
        rules,
        firstContact,
        isBound: bound !== undefined,
        grants: usable,
        remembering,
        isStateShared,
        denials,
        ...(options.others && { others: options.others }),
        clock,
        record,
    });
    const { onRound, onTrouble, onInForce, time } = options;
    const loop = createLoop({
        grants: usable,
        zones: kept,
        deciding,
        remembering,
        denials,
        rules,
        budget,
        clock,
        ...(onRound && { onRound }),
        ...(onTrouble && { onTrouble }),
        ...(onInForce && { onInForce }),
        ...(bound && { onDecided: bound.decided }),
        ...(time && { settleTime: time.settle }),
    });
    const standingBy = openStandbyReader({
        source,
        clock,
        pollMs,
        onRead: (reading) => deciding.hear(bound?.reading(reading) ?? reading),
    });
    // Looks may be as rare as the budget makes them.
    const freshMs = () => 60_000 + Math.max(3 * 30_000, (settings.zones.length * 360_000) / budget.perMinute());

    /**
     * The memory to lead by: what the agent before has left, where it has the same folder, else what this one has read.
     * Agents of other hosts may share a volume, too: then the file is another one than it was.
     */
    async function takeOver(): Promise<Remembered | undefined> {
        const isOwn = remembering.memory() !== undefined && !isStateShared;
        return isOwn ? remembering.restoreNews() : remembering.restore();
    }

    async function standBy(signal: AbortSignal): Promise<void> {
        if (remembering.memory() === undefined) await grants.restore(await remembering.restore());
        else await remembering.restoreNews();
        await standingBy.run(signal);
    }

    async function run(stop: AbortSignal, lost: AbortSignal): Promise<void> {
        const over = new AbortController();
        const watching = source.watch?.(() => loop.wake(), over.signal);
        try {
            await grants.restore(await takeOver(), standingBy.take());
            await loop.run(stop, lost, await options.unsettled());
        } finally {
            over.abort();
            await watching;
        }
    }

    /** By the reads of whoever reads now. */
    function health(): SourceHealth {
        const own = grants.health();
        if (loop.state().isLeading) return own;
        const { lastReadAtMs = own.lastReadAtMs, ...now } = standingBy.health();
        return { ...own, ...now, lastReadAtMs };
    }

    return {
        run,
        standBy,
        view: () =>
            viewOf({
                sourceType: options.sourceType,
                grants: { ...usable, health },
                unkept: remembering.unkept(),
                beliefs: kept.beliefs(),
                deciding,
                state: loop.state(),
                rateLimit: options.rateLimit(),
                clearings: options.clearings?.() ?? [],
                lockState: options.lockState?.(),
                freshMs: freshMs(),
                nowMs: clock.now(),
                time: time?.reading(),
            }),
        confirm: loop.confirm,
        redecide: loop.redecide,
        wake: loop.wake,
        suspect: loop.suspect,
        resume: loop.recheck,
        recheck() {
            if (deciding.waitsForOthers()) loop.recheck();
        },
        holding: {
            holds: (grant) => holdsMoved(remembering.memory(), rules.selector, grant),
            share: deciding.share,
            version: remembering.version,
        },
    };
}

/** The grants of a membership that are bound to users: those without a usable user cannot be used. */
function boundGrants(grants: GrantCache, bound: GroupBinding): GrantCache {
    return {
        ...grants,
        current() {
            const reading = grants.current();
            return reading && bound.reading(reading);
        },
        version: () => grants.version() + bound.version(),
    };
}
