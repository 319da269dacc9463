import { userKey } from "../core/membership/denials";
import type { MemoryStore, Remembered } from "../core/membership/memory";
import type { MembershipSettings } from "../core/settings/agentSettings";
import type { ZoneStore } from "../okta/zones/zones";
import type { GrantSource } from "../sources/source";
import type { Denials } from "./denials/denials";
import type { RecordEvent } from "./events/events";
import { openStandbyReader } from "./grants/standbyReader";
import type { GroupBinding } from "./group/boundGroup";
import { type ViewSources, viewNow } from "./membershipView";
import { type MembershipMemory, openMembershipMemory } from "./memory/membershipMemory";
import { shareNow } from "./reconciler/decide";
import type { Moment, RoundResult } from "./reconciler/event";
import type { Failure } from "./reconciler/failures";
import type { InForce } from "./reconciler/inForce";
import { leavingIds, type OtherMembership } from "./reconciler/movedGrants";
import { openReconciler, type ReconcilerPorts } from "./reconciler/reconciler";
import { KEPT_WITHIN } from "./reconciler/source";
import type { ReconcilerSettings } from "./reconciler/state";
import type { AgentView } from "./status/view";
import { type KnownZones, noKnownZones } from "./zones/knownZones";
import type { PendingWrite } from "./zones/zoneState";

export interface MembershipOptions extends ViewSources {
    readonly settings: Pick<
        MembershipSettings,
        "zones" | "rules" | "drift" | "maxStaleMs" | "pollMs" | "firstContact" | "onRevoke"
    >;
    readonly source: GrantSource;
    readonly zones: ZoneStore;
    /** Storage for the memory. */
    readonly memories: MemoryStore;
    /**
     * Whether agents share that storage: then a standby writes nothing there, and reads it when it takes over.
     * @default false
     */
    readonly isStateShared?: boolean;
    /** The denials of the kill switch. @default none */
    readonly denials?: Pick<Denials, "list" | "version">;
    readonly record: RecordEvent;
    /** Zones that an earlier process has read. @default none */
    readonly seen?: KnownZones;
    /** The last write of each zone whose result is not in the ledger. */
    readonly unsettled: () => Promise<ReadonlyMap<string, PendingWrite>>;
    /** Receives the users in the zones by grants, whenever the zones are as desired. @default ignored */
    readonly onInForce?: (inForce: InForce) => Promise<void>;
    /** The other writer that wrote a zone last, if that is known. @default unknown */
    readonly lastWriter?: (zoneId: string) => string | undefined;
    /** The group whose members are the users with an active grant. @default grants are not bound to users */
    readonly bound?: GroupBinding;
    /** Other memberships with the same source, whose grants may move here. @default none */
    readonly others?: () => readonly OtherMembership[];
    /** Receives the result of each round. @default ignored */
    readonly onRound?: (result: RoundResult | "failed") => void;
    /**
     * Receives the failure that keeps the zones from being as desired, once for each reason, and undefined when it is resolved.
     * @default ignored
     */
    readonly onTrouble?: (trouble: Failure | undefined) => void;
    /** Makes a unique id for a write. */
    readonly newId: () => string;
}

/** Zones, and the grants that they are for. */
export interface Membership {
    /**
     * Writes the zones until `stop` aborts, which completes the write in progress,
     * or `lost`, which aborts it.
     *
     * @throws permanent errors, see Reconciler
     */
    run(stop: AbortSignal, lost: AbortSignal): Promise<void>;
    /** Reads the source until the signal aborts, so that this agent can lead at any time; see StandbyReader. */
    standBy(signal: AbortSignal): Promise<void>;
    view(): AgentView;
    /** Releases what is held. @returns what was confirmed; empty if something else is held */
    confirm(held: readonly string[], by: string, reason?: string): Promise<readonly string[]>;
    /** Call when more is known of the users of grants. */
    redecide(): void;
    /** Call when the source may have changed, or what else a decision goes by, such as the denials. */
    wake(): void;
    /** Call when another writer may have changed a zone. */
    suspect(): void;
    /** Call when a request may be made for which this membership has waited. */
    resume(): void;
    /** Call when another membership may have released a grant that waits for that. */
    recheck(): void;
    /** The grants that this membership holds, for other memberships. */
    readonly holding: Pick<OtherMembership, "leaving" | "share" | "version">;
}

export const NO_DENIALS: Pick<Denials, "list" | "version"> = { list: () => [], version: () => 0 };

export function createMembership(options: MembershipOptions): Membership {
    const { settings, source, clock, isStateShared = false } = options;
    const { rules, maxStaleMs, pollMs } = settings;
    const remembering = openMembershipMemory({
        store: options.memories,
        read: () => ({ source: source.name, readAtMs: reconciler.known().state.source.lastReadAtMs }),
        ...(maxStaleMs !== undefined && { standbyEveryMs: maxStaleMs / KEPT_WITHIN }),
    });
    const reconciler = openReconciler(settingsOf(options), portsOf(options, remembering));
    const { prepare, hear } = reconciler;
    const standingBy = openStandbyReader({ source, clock, pollMs, prepare, onRead: hear });

    /**
     * The memory for a new term: that of the previous leader, if it uses the same folder, otherwise that of this agent.
     * Agents of other hosts may share a volume too: then the file has changed.
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
        wake() {
            reconciler.hint();
            reconciler.recheck();
        },
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
    const { zones, rules, drift, firstContact, onRevoke, pollMs, maxStaleMs } = settings;
    return {
        zoneIds: zones,
        rules,
        drift,
        firstContact,
        isBound: bound !== undefined,
        endsSessions: onRevoke === "clear-sessions",
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

/** Evaluated only when needed. */
function momentOf({ clock, budget, denials = NO_DENIALS, others, bound, lastWriter }: MembershipOptions): Moment {
    let elapsedMs: number | undefined;
    return {
        nowMs: clock.now(),
        // Few events ask, and to read the uptime takes as long as much of what else they cost.
        get elapsedMs() {
            elapsedMs ??= clock.elapsedMs();
            return elapsedMs;
        },
        random: clock.random,
        waitMs: budget.waitMs,
        requestsPerMinute: budget.perMinute,
        denials: { list: denials.list(), version: denials.version() },
        others: others ?? (() => []),
        usable: bound?.reading ?? ((reading) => reading),
        usableVersion: bound?.version() ?? 0,
        idOfUser: bound?.idOfUser ?? userKey,
        lastWriter: lastWriter ?? (() => undefined),
    };
}
