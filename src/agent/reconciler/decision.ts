import type { Clock } from "../../clock";
import { type Span, spanOf } from "../../core/addresses/ip";
import { coversSpan, mergeSpans } from "../../core/addresses/spans";
import { changedGrants } from "../../core/grants/grantChanges";
import { type Grant, selectedGrants } from "../../core/grants/grants";
import type { Reading } from "../../core/grants/grantsDocument";
import { momentAfter, type Timetable, timetableOf } from "../../core/grants/timetable";
import { type Decision, decideMembership } from "../../core/membership/decide";
import { type Denial, nextDenialChangeMs } from "../../core/membership/denials";
import { brakeSentence, type Held } from "../../core/membership/held";
import { type Memory, NO_MEMORY } from "../../core/membership/memory";
import type { Plan, Refusal } from "../../core/membership/plan";
import type { Rules } from "../../core/membership/rules";
import type { Zone } from "../../okta/zones/zones";
import { zoneNow } from "../../reconcile";
import type { RecordEvent } from "../events/events";
import { tellHeld } from "../events/format";
import type { GrantCache } from "../grants/grantCache";
import type { MembershipMemory } from "../memory/membershipMemory";
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
    readonly clock: Pick<Clock, "now" | "elapsedMs">;
    readonly record: RecordEvent;
}

/** Decides about the membership by what is remembered, and remembers what it decided. */
export interface Decider {
    /** What should become of these zones; undefined while there is nothing to go by. */
    plan(zones: readonly Zone[], nowMs: number): Promise<Plan | undefined>;
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
    let decision: Decision | undefined;
    /** The version of the grants that the latest decision went by. */
    let decidedVersion = -1;
    let released: NonNullable<Decision["released"]>[] = [];
    let confirmations = 0;
    let isTakeOver = false;
    /**
     * What the source said before this agent began to lead and was not taken for known, oldest first: the agent before
     * may have gone by it.
     */
    let heard: readonly Reading[] = [];
    /** Of the two that a release answers: a decision of just before a confirmation may be recorded after it. */
    let lastTold: "held" | "confirmed" | undefined;
    let known: { readonly grants: readonly Grant[]; readonly timetable: Timetable } = { grants: [], timetable: [] };

    /** @param isClosed Whether the grants are too old, and go, as `maxStale` says. */
    function decide(
        zones: readonly Zone[],
        reading: Reading | undefined,
        memory: Memory,
        nowMs: number,
        isClosed: boolean,
    ): Decision {
        return decideMembership({
            memory,
            reading,
            zones: zones.map(zoneNow),
            rules: isClosed ? { ...rules, maxRemovals: "off" } : rules,
            firstContact,
            isBound: options.isBound ?? false,
            denials: denials.list(),
            nowMs,
            elapsedMs: clock.elapsedMs(),
        });
    }

    const selectedNow = () => selectedGrants(grants.current()?.grants ?? [], rules.selector);

    async function tell(now: Decision, before: Decision | undefined): Promise<void> {
        const [addresses, were] = [addressesOf(now.held), addressesOf(before?.held ?? [])];
        if (addresses.length > 0 && !isSameSet(addresses, were)) {
            lastTold = "held";
            const why = now.judgement.verdict === "held" ? brakeSentence(now.judgement, rules.windowMs) : undefined;
            await record({
                type: "removals.held",
                held: addresses,
                grants: now.held.flatMap(tellHeld).slice(0, MOST_TOLD),
                ...(why !== undefined && { why }),
            });
        }
        // What was confirmed is recorded as such; the rest may have come back to the source meanwhile.
        const confirmed = mergeSpans(now.released?.spans ?? []);
        const unconfirmed = were.filter((address) => lastTold === "held" || !coversSpan(confirmed, spanOf(address)));
        if (unconfirmed.length > 0 && addresses.length === 0) {
            lastTold = undefined;
            await record({ type: "removals.released", held: unconfirmed });
        }
        if (now.aboveLimit !== undefined) {
            const ids = now.judgement.deliberate.flatMap(({ grant }) => grant?.id ?? []);
            await record({ type: "removals.above-limit", grants: ids.slice(0, MOST_TOLD), most: now.aboveLimit });
        }
        const told = new Set(before?.refused.map(({ id, kind }) => `${kind} ${id}`));
        for (const { id, reason, kind } of now.refused) {
            const isHeldRange = kind === "held" && id.startsWith("held ");
            if (!told.has(`${kind} ${id}`) && !isHeldRange) await record({ type: "grant.refused", id, reason, kind });
        }
    }

    return {
        async plan(zones, nowMs) {
            const reading = grants.current();
            let memory = remembering.memory();
            if (reading === undefined && memory === undefined) return undefined;
            memory ??= NO_MEMORY;
            const isClosed = grants.isClosed();
            for (const said of isTakeOver ? [...heard, reading] : []) {
                memory = afterAnotherLed(memory, decide(zones, said, memory, nowMs, isClosed), zones, nowMs);
            }
            [isTakeOver, heard] = [false, []];
            const before = decision;
            decidedVersion = grants.version();
            decision = decide(zones, reading, memory, nowMs, isClosed);
            remembering.set(decision.memory);
            if (decision.released !== undefined) released = [...released, decision.released];
            await tell(decision, before);
            return decision.plan;
        },
        hear(reading) {
            const nowMs = clock.now();
            const judged = decide([], reading, remembering.memory() ?? NO_MEMORY, nowMs, false);
            const isNews = changedGrants(heard.at(-1)?.grants ?? [], reading.grants).length > 0;
            if (judged.judgement.verdict !== "held") heard = [];
            else if (isNews) heard = [...heard, reading].slice(-MOST_HEARD);
            remembering.hear(judged.memory, nowMs);
        },
        begin() {
            isTakeOver = !options.isStateShared;
            const current = grants.current();
            heard = current === undefined ? heard : [...heard, current].slice(-MOST_HEARD);
            decision = undefined;
            released = [];
            lastTold = undefined;
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
        refused: () => decision?.refused ?? [],
        statics: () => remembering.memory()?.staticGateways ?? [],
        released: () => released,
        written() {
            released = [];
        },
        version: () => `${grants.version()} ${confirmations} ${denials.version()}`,
        momentAfter(ms) {
            const going = remembering.memory()?.grants ?? [];
            if (going !== known.grants)
                known = { grants: going, timetable: timetableOf(going, rules.timeToLive.maxMs) };
            const next = [
                grants.momentAfter(ms),
                momentAfter(known.timetable, ms),
                nextDenialChangeMs(denials.list(), ms),
            ];
            const first = Math.min(...next.map((moment) => moment ?? Infinity));
            return first === Infinity ? undefined : first;
        },
        async confirm(addresses, by, reason) {
            const memory = remembering.memory();
            const held = decision?.held ?? [];
            if (memory === undefined || held.length === 0 || !isSameSet(addresses, addressesOf(held))) return [];
            const named = held.flatMap(tellHeld).slice(0, MOST_TOLD);
            lastTold = "confirmed";
            await record({
                type: "removals.confirmed",
                held: addresses,
                grants: named,
                by,
                ...(reason !== undefined && { reason }),
            });
            const others = held.filter(({ why }) => why === "static" || why === "unknown");
            const spans = others.map(({ address }) => spanOf(address));
            remembering.set({ ...memory, confirmation: { items: memory.held, spans, by, reason } });
            confirmations++;
            await remembering.kept();
            return addresses;
        },
    };
}

/** Each costs a decision when an agent begins to lead. */
const MOST_HEARD = 4;

/** Grants that are named beside what is held. */
const MOST_TOLD = 1000;

function addressesOf(held: readonly Held[]): readonly string[] {
    return held.map(({ address }) => address);
}

function isSameSet(these: readonly string[], those: readonly string[]): boolean {
    const known = new Set(those);
    return new Set(these).size === known.size && these.every((text) => known.has(text));
}
