import type { Clock } from "../../clock";
import { parseSpan, type Span } from "../../core/addresses/ip";
import { mergeSpans, overlapsSpan } from "../../core/addresses/spans";
import { hasCode } from "../../core/errors/errors";
import type { Grant } from "../../core/grants/grants";
import type { Decided } from "../../core/group/wantedUsers";
import { attribute } from "../../core/membership/attribution";
import { activeDenials, type Denial } from "../../core/membership/denials";
import { changes, type Plan, type ZonePlan } from "../../core/membership/plan";
import type { Rules } from "../../core/membership/rules";
import { writeOrder } from "../../core/membership/writeOrder";
import type { Purpose } from "../../core/pace";
import { tellChange } from "../events/format";
import type { GrantCache } from "../grants/grantCache";
import type { MembershipMemory } from "../memory/membershipMemory";
import type { Budget } from "../requestBudget";
import { mayBeInside } from "../sessions/mayBeInside";
import type { WriteReason, ZoneTracker } from "../zones/zoneTracker";
import type { Decider } from "./decision";

export interface RoundsOptions {
    readonly grants: Pick<GrantCache, "version" | "waitingSinceMs" | "served">;
    readonly zones: Pick<ZoneTracker, "beliefs" | "write">;
    readonly deciding: Pick<
        Decider,
        "plan" | "begin" | "grants" | "coming" | "held" | "statics" | "released" | "written"
    >;
    readonly remembering: Pick<MembershipMemory, "kept">;
    readonly denials: { list(): readonly Denial[] };
    readonly rules: Rules;
    readonly budget: Pick<Budget, "waitMs" | "mayAsk">;
    readonly clock: Pick<Clock, "now">;
    /** Hears who is inside by a grant: before anything is written, and each time the zones are as they should be. */
    readonly onInForce: (inForce: InForce) => Promise<void>;
    /** Hears each decision before anything is written. @default none */
    readonly onDecided?: (decided: Decided) => void;
}

export interface InForce {
    /**
     * Active grants by which somebody may be inside: those to go by, with those that the removal brake holds, and those
     * of a later reading that is not decided about yet.
     */
    readonly active: readonly Grant[];
    readonly atMs: number;
    /**
     *   expected   they may be inside from now on, and others may be too
     *   settled    they may be inside, and nobody else is by a grant
     */
    readonly state: "expected" | "settled";
}

/**
 *   idle       there is nothing to go by: the source has never said anything
 *   unchanged  the zones were as they should be
 *   written    now they are
 *   held       something waits for a confirmation; the rest is as it should be
 *   waiting    the budget did not suffice for every zone
 */
export type RoundResult = "idle" | "unchanged" | "written" | "held" | "waiting";

export interface Rounds {
    /**
     * Decides, and writes what the decision changes.
     *
     * @param stop No further zone is begun once it aborts.
     * @param lost Cuts off even the write under way.
     * @throws `okta-*`, `zone-*`, `ledger-unwritable`
     */
    run(stop: AbortSignal, lost: AbortSignal): Promise<RoundResult>;
    /** Decides, and writes nothing: for whoever hears of decisions. */
    decide(): Promise<void>;
    /** What the first write would do that the latest round could not afford; a removal while that is not known. */
    waitsFor(): Purpose;
    /** The zones were last written for the grants that are known now: an entry of another one is drift. */
    begin(): void;
    /**
     * When Okta took a grant into a zone, as far as that is known; for one that was in before,
     * the moment of `begin`, since an agent that led before may have written it just then.
     */
    admittedAtMs(id: string): number;
}

/** What Okta says it needs to spread a change to all its servers. Source: Okta help, "Create an IP zone". */
export const SPREAD_MS = 60_000;

/** Grants that are named beside one address. */
const MOST_NAMED = 100;

export function openRounds(options: RoundsOptions): Rounds {
    const { grants, zones, deciding, remembering, rules, budget, clock } = options;
    let writtenFor: readonly Grant[] = [];
    let staticBefore: readonly Span[] = [];
    let beganAtMs = -Infinity;
    const admitted = new Map<string, number>();
    let waitsFor: Purpose = "remove";

    function reasonOf({ add, remove }: ZonePlan, nowMs: number): WriteReason {
        const attributed = attribute({
            add,
            remove,
            before: writtenFor,
            after: deciding.grants(),
            staticGateways: rules.staticGateways,
            staticBefore,
            released: deciding.released(),
            denials: activeDenials(options.denials.list(), nowMs),
            nowMs,
        });
        const ended = attributed.filter(({ why }) => why === "ended").flatMap(({ grants }) => grants);
        const endedMs = Math.min(...ended.map(({ expiresAtMs }) => expiresAtMs ?? Infinity));
        return {
            changes: attributed.map((each) => tellChange({ ...each, grants: each.grants.slice(0, MOST_NAMED) })),
            sinceMs: attributed.every(({ why }) => why === "ended") ? undefined : grants.waitingSinceMs(),
            endedMs: endedMs === Infinity ? undefined : endedMs,
        };
    }

    /** Where an entry is inside that nobody explains, nobody can be told to be out. */
    function inForce(nowMs: number, state: InForce["state"]): InForce {
        const isUnexplained = deciding.held().some(({ why }) => why === "unknown");
        const lists = [deciding.grants(), deciding.coming()];
        let active: readonly Grant[] | undefined;
        return {
            // Where no sessions are ended nobody asks, and it is a look at every grant.
            get active() {
                active ??= mayBeInside(lists, nowMs);
                return active;
            },
            atMs: clock.now(),
            state: isUnexplained ? "expected" : state,
        };
    }

    function admit({ changes }: WriteReason): void {
        const nowMs = clock.now();
        for (const [id, atMs] of admitted) if (nowMs - atMs > SPREAD_MS) admitted.delete(id);
        for (const { change, grants } of changes) {
            if (change === "add") for (const { id } of grants) admitted.set(id, nowMs);
        }
    }

    /**
     * A zone that Okta refuses to write holds up no other one, but for who would come into it from there.
     *
     * @returns whether every zone was written that had to be
     * @throws the first refusal, at the end; whatever else fails, at once
     */
    async function write(changed: readonly ZonePlan[], nowMs: number, stop: AbortSignal, lost: AbortSignal) {
        const order = writeOrder(changed, budget.waitMs("look") > 0 ? "few" : "enough");
        const refusals: unknown[] = [];
        let keptOut: readonly Span[] = [];
        for (const plan of order) {
            if (spansOf(plan.remove).some((span) => overlapsSpan(keptOut, span))) continue;
            waitsFor = purposeOf(plan);
            if (stop.aborted || !budget.mayAsk(waitsFor)) return false;
            const reason = reasonOf(plan, nowMs);
            try {
                await zones.write(plan, reason, lost);
                admit(reason);
            } catch (error) {
                if (!hasCode(error, "okta-refused")) throw error;
                refusals.push(error);
                keptOut = mergeSpans([...keptOut, ...spansOf(plan.add)]);
            }
        }
        if (refusals.length > 0) throw refusals[0];
        return true;
    }

    async function planNow(nowMs: number): Promise<Plan | undefined> {
        const actual = zones.beliefs().flatMap(({ state, zone }) => (zone && state !== "gone" ? [zone] : []));
        const plan = await deciding.plan(actual, nowMs);
        if (plan !== undefined) options.onDecided?.(decidedBy(deciding.grants(), plan, nowMs));
        return plan;
    }

    return {
        decide: async () => void (await planNow(clock.now())),
        begin() {
            deciding.begin();
            [writtenFor, staticBefore] = [deciding.grants(), deciding.statics()];
            beganAtMs = clock.now();
        },
        admittedAtMs: (id) => admitted.get(id) ?? beganAtMs,
        waitsFor: () => waitsFor,
        async run(stop, lost) {
            const [nowMs, version] = [clock.now(), grants.version()];
            const plan = await planNow(nowMs);
            if (plan === undefined) return "idle";
            const changed = plan.zones.filter(changes);
            // So that whoever is let in is known to have been inside, and by which grant, whatever becomes of the
            // write and of this process.
            if (changed.length > 0) {
                await Promise.all([remembering.kept(), options.onInForce(inForce(nowMs, "expected"))]);
            }
            if (!(await write(changed, nowMs, stop, lost))) return "waiting";
            await remembering.kept();
            [writtenFor, staticBefore] = [deciding.grants(), deciding.statics()];
            deciding.written();
            grants.served(version);
            await options.onInForce(inForce(nowMs, "settled"));
            if (deciding.held().length > 0) return "held";
            return changed.length > 0 ? "written" : "unchanged";
        },
    };
}

function decidedBy(grants: readonly Grant[], { zones, refused }: Plan, atMs: number): Decided {
    const isFull = refused.some(({ kind }) => kind === "room");
    const inside = isFull ? mergeSpans(zones.flatMap(({ gateways }) => spansOf(gateways))) : undefined;
    return { grants, inside, atMs };
}

function spansOf(ranges: readonly string[]): Span[] {
    return ranges.flatMap((text) => parseSpan(text, "clear").span ?? []);
}

function purposeOf({ remove }: ZonePlan): Purpose {
    return remove.length > 0 ? "remove" : "add";
}
