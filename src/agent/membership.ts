import type { Clock } from "../clock";
import type { MemoryStore, Remembered } from "../core/membership/memory";
import type { MembershipSettings } from "../core/settings/agentSettings";
import type { RateLimit } from "../okta/exchange/rateLimit";
import type { ZoneStore } from "../okta/zones/zones";
import type { GrantSource } from "../sources/source";
import type { Denials } from "./denials/denials";
import type { RecordEvent } from "./events/events";
import type { SourceHealth } from "./grants/overheard";
import { openStandbyReader } from "./grants/standbyReader";
import type { GroupBinding } from "./group/boundGroup";
import type { LockState } from "./leadership/leadership";
import { type MembershipMemory, openMembershipMemory } from "./memory/membershipMemory";
import { shareNow } from "./reconciler/decide";
import type { Moment, RoundResult } from "./reconciler/event";
import type { Failure } from "./reconciler/failures";
import type { Known } from "./reconciler/grantsNow";
import type { InForce } from "./reconciler/inForce";
import { leavingIds, type OtherMembership } from "./reconciler/movedGrants";
import { openReconciler, type ReconcilerPorts } from "./reconciler/reconciler";
import { healthOf, KEPT_WITHIN } from "./reconciler/source";
import type { ReconcilerSettings } from "./reconciler/state";
import type { Budget } from "./requestBudget";
import type { PendingClearing } from "./sessions/clearingState";
import { viewOf } from "./status/buildView";
import type { AgentView } from "./status/view";
import type { TimeCheck } from "./timeCheck";
import { type KnownZones, noKnownZones } from "./zones/knownZones";
import type { PendingWrite } from "./zones/zoneState";

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
    /**
     * Hears what keeps the zones from being as they should be, once for each reason, and that nothing does any more.
     * @default silent
     */
    readonly onTrouble?: (trouble: Failure | undefined) => void;
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
     * @throws what makes going on senseless, see Reconciler
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
    /** Another writer may have changed a zone. */
    suspect(): void;
    /** A request may be made for which this one has waited. */
    resume(): void;
    /** Another membership may have let go of a grant that waits for that. */
    recheck(): void;
    /** What others have to know of the grants that this one holds. */
    readonly holding: Pick<OtherMembership, "leaving" | "share" | "version">;
}

const NO_DENIALS: Pick<Denials, "list" | "version"> = { list: () => [], version: () => 0 };

export function createMembership(options: MembershipOptions): Membership {
    const { settings, source, clock, isStateShared = false } = options;
    const { rules, maxStaleMs, pollMs } = settings;
    const remembering = openMembershipMemory({
        store: options.memories,
        read: () => ({ source: source.name, readAtMs: reconciler.known().state.source.lastReadAtMs }),
        ...(maxStaleMs !== undefined && { standbyEveryMs: maxStaleMs / KEPT_WITHIN }),
    });
    const reconciler = openReconciler(settingsOf(options), portsOf(options, remembering));
    const standingBy = openStandbyReader({ source, clock, pollMs, onRead: reconciler.hear });

    /**
     * The memory to lead by: what the agent before has left, where it has the same folder, else what this one has read.
     * Agents of other hosts may share a volume, too: then the file is another one than it was.
     */
    async function takeOver(): Promise<Remembered | undefined> {
        const isOwn = remembering.memory() !== undefined && !isStateShared;
        return isOwn ? remembering.restoreNews() : remembering.restore();
    }

    async function standBy(signal: AbortSignal): Promise<void> {
        const isFirst = remembering.memory() === undefined;
        reconciler.standBy(isFirst ? await remembering.restore() : await remembering.restoreNews(), isFirst);
        await standingBy.run(signal);
    }

    async function run(stop: AbortSignal, lost: AbortSignal): Promise<void> {
        const over = new AbortController();
        const watching = source.watch?.(reconciler.hint, over.signal);
        try {
            await reconciler.lead(stop, lost, { remembered: await takeOver(), heard: standingBy.take() });
        } finally {
            over.abort();
            await watching;
        }
    }

    return {
        run,
        standBy,
        view: () => viewNow(options, reconciler.known(), standingBy.health(), remembering.unkept()),
        confirm: reconciler.confirm,
        redecide: reconciler.recheck,
        wake: reconciler.hint,
        suspect: reconciler.suspect,
        resume: reconciler.recheck,
        recheck() {
            if (reconciler.known().state.decided.moved.length > 0) reconciler.recheck();
        },
        holding: {
            leaving: (reading) => leavingIds(remembering.memory(), rules.selector, reading),
            share: (reading) => shareNow(reconciler.known(), reading),
            version: remembering.version,
        },
    };
}

function settingsOf({ settings, source, bound, others, isStateShared = false }: MembershipOptions): ReconcilerSettings {
    const { zones, rules, drift, firstContact, pollMs, maxStaleMs } = settings;
    return {
        zoneIds: zones,
        rules,
        drift,
        firstContact,
        isBound: bound !== undefined,
        isStateShared,
        sourceName: source.name,
        pollMs,
        maxStaleMs,
        toldOf: others && rules.selector,
    };
}

function portsOf(options: MembershipOptions, remembering: MembershipMemory): ReconcilerPorts {
    const { seen = noKnownZones, time, bound, onInForce = async () => {} } = options;
    const { onRound = () => {}, onTrouble = () => {} } = options;
    return {
        ...options,
        remembering,
        seen,
        settleTime: async (signal) => time?.settle(signal),
        moment: () => momentOf(options),
        onInForce,
        onRound,
        onTrouble,
        onDecided: (decided) => bound?.decided(decided),
    };
}

/** Nothing of it is asked before it is needed. */
function momentOf({ clock, budget, denials = NO_DENIALS, others, bound, lastWriter }: MembershipOptions): Moment {
    return {
        nowMs: clock.now(),
        elapsedMs: clock.elapsedMs(),
        random: clock.random,
        waitMs: budget.waitMs,
        requestsPerMinute: budget.perMinute,
        denials: { list: denials.list(), version: denials.version() },
        others: others ?? (() => []),
        usable: bound?.reading ?? ((reading) => reading),
        usableVersion: bound?.version() ?? 0,
        lastWriter: lastWriter ?? (() => undefined),
    };
}

function viewNow(
    options: MembershipOptions,
    known: Known,
    standby: Partial<SourceHealth>,
    unkept: string | undefined,
): AgentView {
    const { sourceType, rateLimit, clearings, lockState, clock, time } = options;
    return viewOf({
        sourceType,
        known,
        health: healthNow(known, standby),
        unkept,
        rateLimit: rateLimit(),
        clearings: clearings?.() ?? [],
        lockState: lockState?.(),
        freshMs: freshMs(options),
        nowMs: clock.now(),
        time: time?.reading(),
    });
}

/** Looks may be as rare as the budget makes them. */
function freshMs({ settings, budget }: MembershipOptions): number {
    return 60_000 + Math.max(3 * 30_000, (settings.zones.length * 360_000) / budget.perMinute());
}

/** By this agent's own reads while it leads, else by those of the standby reader. */
function healthNow({ state }: Known, standby: Partial<SourceHealth>): SourceHealth {
    const own = healthOf(state);
    if (state.isLeading) return own;
    const { lastReadAtMs = own.lastReadAtMs, ...now } = standby;
    return { ...own, ...now, lastReadAtMs };
}
