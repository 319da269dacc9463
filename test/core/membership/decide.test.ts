import { strict as assert } from "node:assert";

import { formatSpan, spanOf } from "../../../src/core/addresses/ip";
import type { Grant } from "../../../src/core/grants/grants";
import { type DecisionInput, decideMembership } from "../../../src/core/membership/decide";
import { type Memory, NO_MEMORY } from "../../../src/core/membership/memory";
import { parseRules, type RulesText } from "../../../src/core/membership/rules";
import { grant, NOW } from "../../support/grants";

const address = (index: number) => `203.0.113.${index}/32`;
const g = (index: number, minutesLeft = 60) => grant(address(index), minutesLeft, { id: `g${index}` });
const some = (count: number) => Array.from({ length: count }, (_, index) => g(index + 1));
const STRANGER = "198.51.100.66/32";
const OTHER = "198.51.100.77/32";

interface Case extends Partial<Omit<DecisionInput, "zones" | "rules" | "reading">> {
    readonly zone: readonly string[];
    readonly grants: readonly Grant[] | undefined;
    readonly text?: RulesText;
}

function decide({ zone, grants, text = {}, ...more }: Case) {
    return decideMembership({
        memory: NO_MEMORY,
        zones: [{ id: "nzo1", gateways: zone, limit: 150 }],
        reading: grants && { grants, unusable: [] },
        rules: parseRules(text),
        nowMs: NOW,
        ...more,
    });
}

/** A memory of a zone in which these grants are known. */
const knows = (grants: readonly Grant[], more: Partial<Memory> = {}): Memory => ({
    ...NO_MEMORY,
    unknown: { nzo1: [] },
    grants,
    ...more,
});

const inside = ({ plan }: ReturnType<typeof decideMembership>) => plan.zones[0]?.gateways;
const heldOf = ({ held }: ReturnType<typeof decideMembership>) => held.map(({ address, why }) => `${address} ${why}`);

describe("decideMembership: drift in a remembered zone", () => {
    const eleven = some(11);
    const table: readonly (readonly [title: string, zone: readonly string[]])[] = [
        ["another writer put a stranger in place of all", [STRANGER]],
        ["another writer added a stranger", [...eleven.map(({ spans: [span] }) => rangeOf(span)), STRANGER]],
        ["another writer emptied the zone", []],
        ["another writer kept half", eleven.slice(5).map(({ spans: [span] }) => rangeOf(span))],
    ];
    for (const [title, zone] of table) {
        it(`is undone, and nothing is counted or held, where ${title}`, () => {
            const decision = decide({ zone, grants: eleven, memory: knows(eleven), text: { maxRemovals: "0" } });
            assert.deepEqual(inside(decision), eleven.map(({ spans: [span] }) => rangeOf(span)).sort(byAddress));
            assert.deepEqual([decision.held, decision.memory.removals], [[], []]);
        });
    }

    it("is undone while a reading is held", () => {
        const decision = decide({ zone: [STRANGER], grants: [], memory: knows(some(3)) });
        assert.deepEqual(inside(decision), [address(1), address(2), address(3)]);
        assert.deepEqual(
            heldOf(decision),
            [1, 2, 3].map((index) => `${address(index)} gone`),
        );
    });
});

describe("decideMembership: first contact with a zone", () => {
    const zone = [address(1), address(2), STRANGER, OTHER];

    it("holds entries that no grant admits", () => {
        const decision = decide({ zone, grants: some(2) });
        assert.deepEqual(inside(decision), [STRANGER, OTHER, address(1), address(2)]);
        assert.deepEqual(heldOf(decision), [`${STRANGER} unknown`, `${OTHER} unknown`]);
        assert.deepEqual(
            decision.refused.map(({ id, kind, isRange }) => [id, kind, isRange]),
            [
                [`held ${STRANGER}`, "held", true],
                [`held ${OTHER}`, "held", true],
            ],
        );
    });

    it("lets new grants in beside them", () => {
        assert.deepEqual(inside(decide({ zone: [STRANGER], grants: [g(1)] })), [STRANGER, address(1)]);
    });

    it("holds what an ended grant of the first reading had: its end was not known before", () => {
        assert.deepEqual(heldOf(decide({ zone: [address(1)], grants: [g(1, -1)] })), [`${address(1)} unknown`]);
    });

    it("lets entries go, within the limit, with apply", () => {
        const decision = decide({ zone, grants: some(2), firstContact: "apply" });
        assert.deepEqual([inside(decision), heldOf(decision)], [[address(1), address(2)], []]);
        assert.equal(decision.memory.removals.length, 2);
    });

    it("holds entries beyond the limit with apply, too", () => {
        const decision = decide({ zone, grants: some(2), firstContact: "apply", text: { maxRemovals: "1" } });
        assert.deepEqual(heldOf(decision), [`${STRANGER} unknown`, `${OTHER} unknown`]);
    });

    it("lets them go once somebody confirms, and says who", () => {
        const { memory } = decide({ zone, grants: some(2) });
        const confirmation = { items: [], spans: [spanOf(STRANGER), spanOf(OTHER)], by: "mia" };
        const decision = decide({ zone, grants: some(2), memory: { ...memory, confirmation } });
        assert.deepEqual(inside(decision), [address(1), address(2)]);
        assert.deepEqual(decision.released, { spans: [spanOf(STRANGER), spanOf(OTHER)], by: "mia" });
        assert.deepEqual([decision.held, decision.memory.confirmation], [[], undefined]);
    });

    it("ends an entry with the grant that it gets later", () => {
        const { memory } = decide({ zone: [STRANGER], grants: [] });
        const granted = grant(STRANGER, 60, { id: "g7" });
        const then = decide({ zone: [STRANGER], grants: [granted], memory });
        assert.deepEqual(heldOf(then), []);
        const over = decide({ zone: [STRANGER], grants: [granted], memory: then.memory, nowMs: NOW + 3_600_000 });
        assert.deepEqual(inside(over), ["192.0.2.0/32"]);
    });

    it("forgets an entry that somebody took out, and keeps it out", () => {
        const { memory } = decide({ zone: [STRANGER, OTHER], grants: [] });
        const then = decide({ zone: [OTHER], grants: [], memory });
        assert.deepEqual([inside(then), heldOf(then)], [[OTHER], [`${OTHER} unknown`]]);
        const back = decide({ zone: [STRANGER, OTHER], grants: [], memory: then.memory });
        assert.deepEqual(inside(back), [OTHER]);
    });

    it("explains an entry by a known grant that counts no more", () => {
        const over = decide({ zone: [address(1)], grants: [], memory: { ...knows([g(1, -1)]), unknown: {} } });
        assert.deepEqual([inside(over), heldOf(over)], [["192.0.2.0/32"], []]);
        const ended = { ...NO_MEMORY, ended: [spanOf(address(1))] };
        assert.deepEqual(heldOf(decide({ zone: [address(1)], grants: [], memory: ended })), []);
    });

    it("remembers what ended while there was no zone to look at", () => {
        const heard = decideMembership({
            memory: knows([g(1, 1), g(2)]),
            reading: { grants: [g(2)], unusable: [] },
            zones: [],
            rules: parseRules({}),
            nowMs: NOW + 120_000,
        });
        assert.deepEqual(heard.memory.ended.map(formatSpan), [address(1)]);
    });
});

describe("decideMembership: settings", () => {
    const known = some(8);
    const zone = known.map(({ spans: [span] }) => rangeOf(span));

    it("holds static gateways that left the settings until somebody confirms", () => {
        const memory = knows(known, { staticGateways: [spanOf(STRANGER)] });
        const decision = decide({ zone: [...zone, STRANGER], grants: known, memory });
        assert.deepEqual(heldOf(decision), [`${STRANGER} static`]);
        assert.ok(inside(decision)?.includes(STRANGER));
        const confirmation = { items: [], spans: [spanOf(STRANGER)], by: "mia" };
        const then = decide({ zone: [...zone, STRANGER], grants: known, memory: { ...decision.memory, confirmation } });
        assert.deepEqual([inside(then), then.memory.staticGateways], [[...zone].sort(byAddress), []]);
    });

    it("lets them go at once where that is asked for", () => {
        const memory = knows(known, { staticGateways: [spanOf(STRANGER)] });
        const decision = decide({ zone: [...zone, STRANGER], grants: known, memory, staticRemovals: "apply" });
        assert.deepEqual([inside(decision), decision.held], [[...zone].sort(byAddress), []]);
    });

    const changes: readonly (readonly [title: string, text: RulesText, why: string])[] = [
        ["a selector", { selector: { app: "payroll" } }, "deselected"],
        ["a range that no grant may touch", { deny: ["203.0.113.0/24"] }, "limit"],
        ["a shorter time to live", { maxTimeToLive: "5m" }, "limit"],
    ];
    for (const [title, text, why] of changes) {
        it(`judges ${title} like a reading`, () => {
            const decision = decide({ zone, grants: known, memory: knows(known), text });
            assert.deepEqual([...new Set(decision.held.map((held) => held.why))], [why]);
            assert.deepEqual(inside(decision), [...zone].sort(byAddress));
        });

        it(`judges ${title} like a reading where the source cannot be read`, () => {
            const decision = decide({ zone, grants: undefined, memory: knows(known), text });
            assert.equal(decision.held.length, known.length);
        });
    }

    it("does not count a grant that a limit has refused all along", () => {
        const decision = decide({ zone: [], grants: some(3), memory: knows([]), text: { deny: ["203.0.113.0/24"] } });
        assert.deepEqual(
            [decision.judgement.losses, decision.refused.map(({ kind }) => kind)],
            [[], Array(3).fill("limit")],
        );
    });
});

describe("decideMembership: the window", () => {
    it("holds removals one by one, once they are too many within it", () => {
        let memory = knows(some(12));
        const text = { maxRemovals: 1 };
        const removed = [];
        for (let left = 11; left >= 0; left--) {
            const decision = decide({
                zone: some(12).map(({ spans: [span] }) => rangeOf(span)),
                grants: some(left),
                memory,
                text,
                elapsedMs: 250 * (12 - left),
            });
            memory = decision.memory;
            removed.push(12 - decision.grants.length);
        }
        assert.deepEqual([...new Set(removed)], [1]);
    });

    it("forgets them after it", () => {
        const text = { maxRemovals: 1, maxRemovalsWindow: "10m" };
        const first = decide({ zone: [], grants: some(11), memory: knows(some(12)), text, elapsedMs: 0 });
        const within = decide({ zone: [], grants: some(10), memory: first.memory, text, elapsedMs: 599_999 });
        const after = decide({ zone: [], grants: some(10), memory: first.memory, text, elapsedMs: 600_000 });
        assert.deepEqual([within.judgement.verdict, after.judgement.verdict], ["held", "accepted"]);
    });

    it("does not count what somebody confirmed or named, and alerts where more was named than the limit", () => {
        const text = { maxRemovals: 1 };
        const named = { set: new Set<string>(), removed: new Set(["g11", "g12"]) };
        const decision = decideMembership({
            memory: knows(some(12)),
            reading: { grants: some(10), unusable: [], named },
            zones: [{ id: "nzo1", gateways: [], limit: 150 }],
            rules: parseRules(text),
            nowMs: NOW,
        });
        assert.deepEqual([decision.judgement.verdict, decision.aboveLimit], ["accepted", 1]);
        const then = decide({ zone: [], grants: some(9), memory: decision.memory, text });
        assert.equal(then.judgement.verdict, "accepted");
    });
});

describe("decideMembership: nothing is remembered, as in a sync without a state folder", () => {
    const zone = some(4).map(({ spans: [span] }) => rangeOf(span));

    it("counts an entry without a grant like a known grant that disappeared", () => {
        const decision = decide({ zone, grants: some(2), memory: undefined, text: { maxRemovals: "1" } });
        assert.deepEqual(heldOf(decision), [`${address(3)} unexplained`, `${address(4)} unexplained`]);
        assert.deepEqual(inside(decision), [...zone].sort(byAddress));
    });

    it("lets them go within the limit, and on a confirmation", () => {
        for (const more of [{ text: { maxRemovals: "2" } }, { isConfirmed: true, text: { maxRemovals: "0" } }]) {
            const decision = decide({ zone, grants: some(2), memory: undefined, ...more });
            assert.deepEqual([inside(decision), decision.held], [[address(1), address(2)], []]);
        }
    });
});

function rangeOf(span: { low: number; high: number } | undefined): string {
    return formatSpan(span ?? { low: 0, high: 0 });
}

function byAddress(one: string, other: string): number {
    return spanOf(one).low - spanOf(other).low;
}
