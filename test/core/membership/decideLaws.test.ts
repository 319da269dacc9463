import { strict as assert } from "node:assert";
import fc from "fast-check";

import { formatSpan, type Span, spanOf } from "../../../src/core/addresses/ip";
import { coversSpan, mergeSpans, overlapsSpan } from "../../../src/core/addresses/spans";
import { type Grant, isActive, isExpired } from "../../../src/core/grants/grants";
import type { Reading } from "../../../src/core/grants/grantsDocument";
import { type Decision, decideMembership } from "../../../src/core/membership/decide";
import { activeDenials, type Denial, denialOf, deniedSpans } from "../../../src/core/membership/denials";
import { mostRemovals } from "../../../src/core/membership/limits";
import { type Memory, NO_MEMORY } from "../../../src/core/membership/memory";
import { readable } from "../../../src/core/membership/plan";
import { parseRules, type Rules } from "../../../src/core/membership/rules";
import { SENTINEL } from "../../../src/core/zones/zone";
import { NOW } from "../../support/grants";

const MINUTE = 60_000;
const addressOf = (index: number) => `203.0.113.${index}/32`;

/** One thing that happens to a membership. Grants are named by small numbers, so that they meet often. */
type Step =
    | { readonly kind: "reading"; readonly grants: readonly Entry[]; readonly unusable: readonly number[] }
    | { readonly kind: "set by name"; readonly grant: Entry }
    | { readonly kind: "removed by name"; readonly id: number }
    | { readonly kind: "foreign write"; readonly addresses: readonly number[] }
    | { readonly kind: "settings"; readonly limit: string; readonly app: string; readonly statics: readonly number[] }
    | { readonly kind: "confirm" | "restart" }
    | { readonly kind: "time"; readonly minutes: number }
    | { readonly kind: "deny"; readonly id: number; readonly minutes: number };

interface Entry {
    readonly id: number;
    readonly address: number;
    readonly minutesLeft: number;
    readonly startsIn: number;
    readonly app: string;
}

const id = fc.integer({ min: 1, max: 9 });
const entry: fc.Arbitrary<Entry> = fc.record({
    id,
    address: id,
    minutesLeft: fc.constantFrom(-5, 5, 30, 30, 30, 60),
    startsIn: fc.constantFrom(-60, -60, -60, -60, 4),
    app: fc.constantFrom("a", "a", "a", "b"),
});
const grants = fc.uniqueArray(entry, { selector: (each) => each.id, maxLength: 9 });
const step: fc.Arbitrary<Step> = fc.oneof(
    {
        weight: 6,
        arbitrary: fc.record({ kind: fc.constant("reading" as const), grants, unusable: fc.subarray([1, 2, 3]) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("set by name" as const), grant: entry }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("removed by name" as const), id }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("foreign write" as const), addresses: fc.array(id) }) },
    {
        weight: 1,
        arbitrary: fc.record({
            kind: fc.constant("settings" as const),
            limit: fc.constantFrom("50%", "50%", "0", "1", "off"),
            app: fc.constantFrom("a", "", "b"),
            statics: fc.subarray([8, 9]),
        }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("confirm" as const, "restart" as const) }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("time" as const), minutes: fc.constantFrom(1, 4, 11, 31) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("deny" as const), id, minutes: fc.constantFrom(3, 20) }) },
);

/** A membership with one zone, to which steps happen: each is followed by a decision that is written at once. */
function open() {
    let memory: Memory = NO_MEMORY;
    let reading: Reading | undefined;
    let gateways: readonly string[] = [SENTINEL];
    let denials: readonly Denial[] = [];
    let rules: Rules = parseRules({ selector: { app: "a" } });
    let nowMs = NOW;
    const named = { set: new Set<string>(), removed: new Set<string>() };

    function grantOf({ id, address, minutesLeft, startsIn, app }: Entry): Grant {
        const ends = { expiresAtMs: nowMs + minutesLeft * MINUTE, startsAtMs: nowMs + startsIn * MINUTE };
        return { id: `g${id}`, spans: [spanOf(addressOf(address))], labels: { app }, user: `user ${id}`, ...ends };
    }

    function happen(step: Step): void {
        switch (step.kind) {
            case "reading": {
                const unusable = step.unusable.map((id) => ({ id: `g${id}`, field: "expiresAt", reason: "is wrong" }));
                const left = new Set(unusable.map(({ id }) => id));
                reading = { grants: step.grants.map(grantOf).filter(({ id }) => !left.has(id)), unusable, named };
                named.set.clear();
                for (const { id } of reading.grants) named.removed.delete(id);
                return;
            }
            case "set by name": {
                const grant = grantOf(step.grant);
                const others = reading?.grants.filter(({ id }) => id !== grant.id) ?? [];
                named.set.add(grant.id);
                named.removed.delete(grant.id);
                reading = { grants: [...others, grant], unusable: reading?.unusable ?? [], named };
                return;
            }
            case "removed by name": {
                const gone = `g${step.id}`;
                named.removed.add(gone);
                named.set.delete(gone);
                const grants = reading?.grants.filter(({ id }) => id !== gone) ?? [];
                reading = { grants, unusable: reading?.unusable.filter(({ id }) => id !== gone) ?? [], named };
                return;
            }
            case "foreign write":
                gateways = step.addresses.map(addressOf);
                return;
            case "settings": {
                const selector = step.app === "" ? {} : { app: step.app };
                rules = parseRules({ maxRemovals: step.limit, selector, staticGateways: step.statics.map(addressOf) });
                return;
            }
            case "confirm": {
                const decision = decide();
                const others = decision.held.filter(({ why }) => why === "static" || why === "unknown");
                const spans = others.map(({ address }) => spanOf(address));
                memory = { ...decision.memory, confirmation: { items: decision.memory.held, spans, by: "mia" } };
                return;
            }
            case "restart":
                memory = JSON.parse(JSON.stringify(memory)) as Memory;
                return;
            case "time":
                nowMs += step.minutes * MINUTE;
                return;
            case "deny": {
                const grant = `g${step.id}`;
                const untilMs = nowMs + step.minutes * MINUTE;
                denials = [
                    ...denials,
                    { id: `d${denials.length}`, grant, untilMs, reason: "test", by: "mia", atMs: nowMs },
                ];
            }
        }
    }

    function decide(): Decision {
        const zones = [{ id: "nzo1", gateways, limit: 150 }];
        return decideMembership({ memory, reading, zones, rules, denials, nowMs, elapsedMs: nowMs - NOW });
    }

    return {
        play(step: Step) {
            const before = { memory, inside: mergeSpans(readable(gateways)) };
            happen(step);
            const confirmed = new Set(memory.confirmation?.items);
            const decision = decide();
            [memory, gateways] = [decision.memory, decision.plan.zones[0]?.gateways ?? []];
            const inside = mergeSpans(readable(gateways));
            return { step, before, decision, inside, confirmed, reading, rules, nowMs, denials, named };
        },
    };
}

type Played = ReturnType<ReturnType<typeof open>["play"]>;

/** Plays a history and gives each moment of it to a law. */
function forAll(law: (moment: Played) => void): void {
    fc.assert(
        fc.property(fc.array(step, { maxLength: 14 }), (steps) => {
            const world = open();
            for (const each of steps) law(world.play(each));
        }),
        { numRuns: 300 },
    );
}

const isIn = (inside: readonly Span[], { spans }: Grant) => spans.every((span) => coversSpan(inside, span));

/** Whether something else than the grant may hold its addresses inside: another grant, a static gateway, or a hold. */
function isHeldOtherwise({ spans, id }: Grant, { decision, rules, nowMs }: Played): boolean {
    const others = decision.grants.filter((grant) => grant.id !== id && isActive(grant, nowMs));
    const keep = decision.held.filter(({ why }) => why === "static" || why === "unknown");
    const list = mergeSpans([
        ...others.flatMap((grant) => grant.spans),
        ...rules.staticGateways,
        ...keep.map(({ address }) => spanOf(address)),
    ]);
    return spans.some((span) => overlapsSpan(list, span));
}

function isDenied(grant: Grant, { denials, nowMs }: Played): boolean {
    const active = activeDenials(denials, nowMs);
    return denialOf(grant, active) !== undefined || grant.spans.some((span) => overlapsSpan(deniedSpans(active), span));
}

describe("the laws of decideMembership, for any readings, foreign writes, settings, confirmations, restarts and time", () => {
    it("a known active grant loses its address only by a known end, by name, by a confirmation, by a denial, or within the limit", () => {
        forAll((moment) => {
            const { before, inside, confirmed, named, rules, nowMs, decision } = moment;
            const known = before.memory.grants.filter((grant) => isActive(grant, nowMs));
            const lost = known.filter((grant) => !isIn(inside, grant) && !isDenied(grant, moment));
            const counted = lost.filter(({ id }) => !named.removed.has(id) && !confirmed.has(`grant ${id}`));
            if (counted.length === 0 || rules.maxRemovals === "off") return;
            const elapsedMs = nowMs - NOW;
            const recent = before.memory.removals.flatMap(({ atMs, how, item }) =>
                how === "counted" && elapsedMs - atMs < rules.windowMs ? [item] : [],
            );
            const inForce = known.filter((grant) => !named.removed.has(grant.id) && !isDenied(grant, moment));
            const active = inForce.length;
            const names = counted.map(({ id }) => id).join(", ");
            // A grant that was moved or shortened is known still: it is one grant, however often it counts.
            const whole = new Set([...inForce.map(({ id }) => `grant ${id}`), ...recent]).size;
            assert.ok(counted.length + recent.length <= mostRemovals(rules.maxRemovals, whole), names);
            assert.ok(counted.length < 2 || counted.length < active, names);
            assert.equal(decision.judgement.verdict, "accepted");
        });
    });

    it("a known active grant that is still granted as it was is inside", () => {
        forAll((moment) => {
            const { before, inside, reading, rules, nowMs } = moment;
            for (const grant of before.memory.grants) {
                const now = reading?.grants.find(({ id }) => id === grant.id);
                if (now === undefined || !isActive(grant, nowMs) || !isActive(now, nowMs)) continue;
                if (rules.selector.app !== undefined && now.labels.app !== rules.selector.app) continue;
                const isSame = now.spans.every((span, index) => span.low === grant.spans[index]?.low);
                if (isSame && !isDenied(grant, moment)) assert.ok(isIn(inside, grant), grant.id);
            }
        });
    });

    it("a new grant of a held reading is not inside, unless it was set by name", () => {
        forAll((moment) => {
            const { before, inside, reading, decision, named } = moment;
            if (decision.judgement.verdict !== "held") return;
            const known = new Set(before.memory.grants.map(({ id }) => id));
            for (const grant of reading?.grants ?? []) {
                if (known.has(grant.id) || named.set.has(grant.id) || isHeldOtherwise(grant, moment)) continue;
                assert.ok(!isIn(inside, grant), grant.id);
            }
        });
    });

    it("a known end and a removal by name are on time, whatever is held", () => {
        forAll((moment) => {
            const { before, inside, named, nowMs, decision } = moment;
            for (const grant of before.memory.grants) {
                const isRemoved = named.removed.has(grant.id);
                // A later end counts where the reading brought it before the known one had come.
                const now = decision.grants.find(({ id }) => id === grant.id);
                const isOver = isExpired(grant, nowMs) && (now === undefined || isExpired(now, nowMs));
                if (!(isRemoved || isOver) || isHeldOtherwise(grant, moment)) continue;
                assert.ok(!isIn(inside, grant), grant.id);
            }
        });
    });

    it("a denied user is outside", () => {
        forAll((moment) => {
            const grants = [...moment.before.memory.grants, ...(moment.reading?.grants ?? [])];
            for (const grant of grants) {
                if (!isDenied(grant, moment) || isHeldOtherwise(grant, moment)) continue;
                assert.ok(!isIn(moment.inside, grant), grant.id);
            }
        });
    });

    it("only grants, static gateways and what is held are inside", () => {
        forAll(({ inside, decision, rules, nowMs }) => {
            const allowed = mergeSpans([
                ...decision.grants.filter((grant) => isActive(grant, nowMs)).flatMap(({ spans }) => spans),
                ...rules.staticGateways,
                ...decision.held.map(({ address }) => spanOf(address)),
            ]);
            for (const span of inside) assert.ok(coversSpan(allowed, span), formatSpan(span));
        });
    });

    it("deciding again changes nothing", () => {
        fc.assert(
            fc.property(fc.array(step, { maxLength: 10 }), (steps) => {
                const world = open();
                let last: Played | undefined;
                for (const each of steps) last = world.play(each);
                const again = world.play({ kind: "time", minutes: 0 });
                assert.deepEqual(
                    again.decision.plan.zones[0]?.gateways,
                    last?.decision.plan.zones[0]?.gateways ?? [SENTINEL],
                );
            }),
        );
    });
});
