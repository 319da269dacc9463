import type { Clock } from "../../clock";
import { type Span, spanOf } from "../../core/addresses/ip";
import { changedGrants } from "../../core/grants/grantChanges";
import { indexOf } from "../../core/grants/grantIndex";
import type { Grant } from "../../core/grants/grants";
import type { Reading } from "../../core/grants/grantsDocument";
import { selectedGrants } from "../../core/grants/selection";
import type { SourceShare } from "../../core/membership/brake";
import { type Decision, decideMembership } from "../../core/membership/decide";
import { type Denial, nextDenialChangeMs } from "../../core/membership/denials";
import { brakeSentence, type Held } from "../../core/membership/held";
import { type Memory, NO_MEMORY } from "../../core/membership/memory";
import type { Plan, Refusal } from "../../core/membership/plan";
import type { Rules } from "../../core/membership/rules";
import { shareOf, sumOfShares } from "../../core/membership/sourceShare";
import { sameMembers } from "../../core/sets";
import type { Zone } from "../../okta/zones/zones";
import { zoneNow } from "../../reconcile";
import type { RecordEvent } from "../events/events";
import type { GrantCache } from "../grants/grantCache";
import type { MembershipMemory } from "../memory/membershipMemory";
import { addressesOf, openDecisionRecord } from "./decisionRecord";
import { type MovedGrant, movedGrants, movedRefusal, type OtherMembership, withoutMoved } from "./movedGrants";
import { afterAnotherLed } from "./takeOver";

export interface DeciderOptions {
    readonly rules: Rules;
    readonly firstContact: "hold" | "apply";
    /** Whether grants are bound to users. @default false */
    readonly isBound?: boolean;
    readonly grants: Pick<GrantCache, "current" | "isClosed" | "version" | "momentAfter">;
    readonly remembering: MembershipMemory;
    /** Whether the state folder belongs to whichever agent leads, and not to this one alone. */
    readonly isStateShared: boolean;
    /** What the kill switch keeps out. */
    readonly denials: { list(): readonly Denial[]; version(): number };
    /** Those whose grants may move here. @default none */
    readonly others?: () => readonly OtherMembership[];
    readonly clock: Pick<Clock, "now" | "elapsedMs">;
    readonly record: RecordEvent;
}

/** Decides about the membership by what is remembered, and remembers what it decided. */
export interface Decider {
    /** What should become of these zones; undefined while there is nothing to go by. */
    plan(zones: readonly Zone[], nowMs: number): Promise<Plan | undefined>;
    /** Judges and remembers what the source says while no zone can be read. */
    judge(): void;
    /** A reading of an agent that does not lead: it is judged and remembered, and no zone is decided about. */
    hear(reading: Reading): void;
    /** This agent leads from now on; another one may have led before. */
    begin(): void;
    /** The grants to go by, active or not, without those that are denied. */
    grants(): readonly Grant[];
    /** The selected grants of a reading that is not decided about yet; none where every reading is. */
    coming(): readonly Grant[];
    /** Those to go by, and the selected ones of the latest reading that are not gone by. */
    shown(): readonly Grant[];
    /** What waits for a confirmation, by the latest decision. */
    held(): readonly Held[];
    /** Why it is held; undefined where the removal brake holds nothing. */
    heldBecause(): string | undefined;
    refused(): readonly Refusal[];
    /** Static gateways in force, those that are held included. */
    statics(): readonly Span[];
    /** What confirmations let go that is not written yet, and whose they are. */
    released(): readonly NonNullable<Decision["released"]>[];
    /** What this membership would lose by a reading of its source; undefined where it remembers nothing. */
    share(reading: Reading): SourceShare | undefined;
    /** Whether some grants wait until another membership lets go of them. */
    waitsForOthers(): boolean;
    /** Every zone is as it was decided: what was released is written. */
    written(): void;
    /** Another text whenever a decision may come out differently. */
    version(): string;
    /** The first moment after `ms` at which time alone changes a decision. */
    momentAfter(ms: number): number | undefined;
    /** Lets go of what is held, if it is just this. @returns what was confirmed; nothing if something else is held */
    confirm(held: readonly string[], by: string, reason?: string): Promise<readonly string[]>;
}

export function openDecider(options: DeciderOptions): Decider {
    const { rules, firstContact, grants, remembering, denials, clock, record } = options;
    const { others = () => [] } = options;
    let decision: Decision | undefined;
    /** The version of the grants that the latest decision went by. */
    let decidedVersion = -1;
    let released: NonNullable<Decision["released"]>[] = [];
    let confirmations = 0;
    let isTakeOver = false;
    /** Grants of the reading that wait until another membership lets go of them. */
    let moved: readonly MovedGrant[] = [];
    /**
     * What the source said before this agent saw the zones and was not taken for known, oldest first: the agent before
     * may have gone by it.
     */
    let heard: readonly Reading[] = [];
    const events = openDecisionRecord(record, rules);

    /** @param isClosed Whether the grants are too old, and go, as `maxStale` says. */
    function decide(
        zones: readonly Zone[],
        reading: Reading | undefined,
        memory: Memory,
        nowMs: number,
        isClosed: boolean,
        others?: SourceShare,
    ): Decision {
        return decideMembership({
            memory,
            reading,
            zones: zones.map(zoneNow),
            rules: isClosed ? { ...rules, maxRemovals: "off" } : rules,
            firstContact,
            isBound: options.isBound ?? false,
            denials: denials.list(),
            ...(others && { others }),
            nowMs,
            elapsedMs: clock.elapsedMs(),
        });
    }

    const selectedNow = () => selectedGrants(grants.current()?.grants ?? [], rules.selector);

    /** What the source says, without what is another membership's still. */
    function readingNow(memory: Memory): Reading | undefined {
        const current = grants.current();
        moved = current === undefined ? [] : movedGrants(current, memory, rules.selector, others());
        return current && withoutMoved(current, moved);
    }

    /** Judges a reading while no zone is known. One that is held may be what another agent goes by, see `heard`. */
    function judgeUnseen(reading: Reading, memory: Memory, isClosed: boolean): Memory {
        const judged = decide([], reading, memory, clock.now(), isClosed);
        const isNews = changedGrants(heard.at(-1)?.grants ?? [], reading.grants).length > 0;
        if (judged.judgement.verdict !== "held") heard = [];
        else if (isNews) heard = [...heard, reading].slice(-MOST_HEARD);
        return judged.memory;
    }

    /** What the other memberships lose by the same reading, where that can make this one hold it. */
    function othersLosing({ judgement }: Decision, reading: Reading | undefined): SourceShare | undefined {
        if (reading === undefined || judgement.verdict === "held" || judgement.losses.length === 0) return undefined;
        const shares = others().flatMap((other) => other.share(reading) ?? []);
        return shares.length === 0 ? undefined : sumOfShares(shares);
    }

    const othersVersion = () => others().reduce((sum, other) => sum + other.version(), 0);
    const refusedNow = () => [...(decision?.refused ?? []), ...moved.map(movedRefusal)];

    return {
        async plan(zones, nowMs) {
            let memory = remembering.memory();
            if (grants.current() === undefined && memory === undefined) return undefined;
            memory ??= NO_MEMORY;
            const refusedBefore = refusedNow();
            const reading = readingNow(memory);
            const isClosed = grants.isClosed();
            for (const said of isTakeOver ? [...heard, reading] : []) {
                memory = afterAnotherLed(memory, decide(zones, said, memory, nowMs, isClosed), zones, nowMs);
            }
            [isTakeOver, heard] = [false, []];
            const before = decision;
            decidedVersion = grants.version();
            decision = decide(zones, reading, memory, nowMs, isClosed);
            const all = othersLosing(decision, grants.current());
            if (all !== undefined) decision = decide(zones, reading, memory, nowMs, isClosed, all);
            remembering.set(decision.memory);
            if (decision.released !== undefined) released = [...released, decision.released];
            await events.decided(decision, before, { before: refusedBefore, now: refusedNow() });
            return decision.plan;
        },
        judge() {
            const memory = remembering.memory() ?? NO_MEMORY;
            const reading = readingNow(memory);
            if (reading !== undefined) remembering.set(judgeUnseen(reading, memory, grants.isClosed()));
        },
        hear(reading) {
            remembering.hear(judgeUnseen(reading, remembering.memory() ?? NO_MEMORY, false), clock.now());
        },
        begin() {
            isTakeOver = !options.isStateShared;
            const current = grants.current();
            heard = current === undefined ? heard : [...heard, current].slice(-MOST_HEARD);
            decision = undefined;
            moved = [];
            released = [];
            events.begin();
        },
        grants: () => decision?.grants ?? remembering.memory()?.grants ?? [],
        coming: () => (grants.version() === decidedVersion ? [] : selectedNow()),
        shown() {
            const going = decision?.grants ?? remembering.memory()?.grants ?? [];
            const selected = selectedNow();
            if (going === selected) return going;
            const ids = new Set(going.map(({ id }) => id));
            return [...going, ...selected.filter(({ id }) => !ids.has(id))];
        },
        held: () => decision?.held ?? [],
        heldBecause: () =>
            decision?.judgement.verdict === "held" ? brakeSentence(decision.judgement, rules.windowMs) : undefined,
        refused: refusedNow,
        share(reading) {
            const memory = remembering.memory();
            if (memory === undefined) return undefined;
            const { judgement } = decide([], reading, memory, clock.now(), false);
            return shareOf(judgement, new Set(memory.confirmation?.items));
        },
        waitsForOthers: () => moved.length > 0,
        statics: () => remembering.memory()?.staticGateways ?? [],
        released: () => released,
        written() {
            released = [];
        },
        version: () =>
            `${grants.version()} ${confirmations} ${denials.version()} ${moved.length > 0 ? othersVersion() : ""}`,
        momentAfter(ms) {
            const known = remembering.memory()?.grants ?? [];
            const next = [
                grants.momentAfter(ms),
                indexOf(known).nextMoment(ms, rules.timeToLive.maxMs),
                nextDenialChangeMs(denials.list(), ms),
            ];
            const first = Math.min(...next.map((moment) => moment ?? Infinity));
            return first === Infinity ? undefined : first;
        },
        async confirm(addresses, by, reason) {
            const memory = remembering.memory();
            if (memory === undefined || decision === undefined || decision.held.length === 0) return [];
            // What was judged since and is not shown yet is not confirmed.
            const { held, memory: shown } = decision;
            if (!sameMembers(addresses, addressesOf(held))) return [];
            await events.confirmed(held, by, reason);
            const others = held.filter(({ why }) => why === "static" || why === "unknown");
            const spans = others.map(({ address }) => spanOf(address));
            remembering.set({ ...memory, confirmation: { items: shown.held, spans, by, reason } });
            confirmations++;
            await remembering.kept();
            return addresses;
        },
    };
}

/** Each costs a decision when an agent begins to lead. */
const MOST_HEARD = 4;
