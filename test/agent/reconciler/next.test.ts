import { strict as assert } from "node:assert";
import fc from "fast-check";

import type { ReconcilerEvent } from "../../../src/agent/reconciler/event";
import { coded } from "../../../src/core/errors/errors";
import type { Grant } from "../../../src/core/grants/grants";
import { parseRules } from "../../../src/core/membership/rules";
import { SENTINEL } from "../../../src/core/zones/zone";
import { A, B, C, grant } from "../../support/grants";
import { type Begun, type Machine, openMachine, zoneWith } from "./machine";

const LEAD: ReconcilerEvent = { type: "lead", remembered: undefined, heard: undefined };
const DOWN = coded("okta-unreachable", "Okta is down");
const REFUSED = coded("okta-refused", "Okta refuses this");

/** A machine that leads, has read these grants, and rests. */
function resting(options: Parameters<typeof openMachine>[0], grants = [grant(A)]): Machine {
    const machine = openMachine(options);
    machine.happen(LEAD);
    machine.done("zone", { unsettled: new Map() });
    machine.done("source", { reading: { grants, unusable: [] } });
    while (machine.state().sourceLane.underWay !== undefined) machine.done("source");
    machine.run();
    machine.done("zone");
    machine.run();
    return machine;
}

const UNLIMITED = { rules: parseRules({ maxRemovals: "off" }) };

const isBegun = (words: string) => words.includes(": ");

describe("the state machine of a membership", () => {
    it("begins with what an earlier leader left open, then the source and the zones at once, and writes line, write, line", () => {
        const machine = openMachine({ zones: { nzo1: [SENTINEL] }, known: [grant(A)] });
        assert.deepEqual(machine.happen(LEAD), ["zone: find-unsettled"]);
        assert.deepEqual(machine.done("zone", { unsettled: new Map() }), ["source: read", "claim", "zone: look nzo1"]);
        assert.deepEqual(machine.done("source", { reading: { grants: [grant(A)], unusable: [] } }), [
            "keep-again",
            "source: record grants.accepted",
        ]);
        assert.deepEqual(machine.done("source"), ["wake"]);
        assert.deepEqual(machine.run().filter(isBegun), [
            "zone: mark-seen nzo1",
            "zone: settle-time",
            "zone: keep",
            "zone: intend nzo1",
            `zone: write nzo1 ${A}`,
            "zone: record write.accepted",
            "zone: keep",
            "zone: tell-in-force",
            "zone: rest",
        ]);
    });

    it("writes nothing while the first read of the source may take, at most for five seconds", () => {
        const machine = openMachine({ zones: { nzo1: [SENTINEL] }, known: [grant(A)] });
        machine.happen(LEAD);
        machine.done("zone", { unsettled: new Map() });
        assert.equal(machine.run().at(-1), "zone: rest");
        machine.pass(5000);
        machine.done("zone");
        assert.ok(machine.run().includes(`zone: write nzo1 ${A}`));
    });

    const steps: readonly (readonly [
        what: string,
        act: (machine: Machine) => readonly string[],
        begun: readonly string[],
    ])[] = [
        ["pass, where nothing is due", (machine) => machine.done("zone"), ["zone: settle-time"]],
        [
            "pass, where the source is due",
            (machine) => {
                machine.happen({ type: "hint" });
                return machine.done("zone");
            },
            ["source: read", "zone: settle-time"],
        ],
        [
            "pass, where a zone may have been written",
            (machine) => {
                machine.happen({ type: "suspect" });
                return machine.done("zone");
            },
            ["zone: look nzo1"],
        ],
        [
            "look, where the zone is as it should be",
            (machine) => {
                machine.happen({ type: "suspect" });
                machine.done("zone");
                return machine.done("zone", { zone: zoneWith("nzo1", [A]) });
            },
            ["zone: mark-seen nzo1"],
        ],
        [
            "look, where Okta does not answer",
            (machine) => {
                machine.happen({ type: "suspect" });
                machine.done("zone");
                return machine.failed("zone", DOWN);
            },
            ["zone: rest"],
        ],
        [
            "ready, where no decision is due",
            (machine) => [...machine.done("zone"), ...machine.done("zone")].slice(1),
            ["zone: rest"],
        ],
        [
            "a source that cannot be read",
            (machine) => {
                machine.happen({ type: "hint" });
                machine.done("zone");
                return machine.failed("source", coded("source-unreadable", "it is gone"));
            },
            ["source: record grants.unreadable"],
        ],
        ["stop", (machine) => machine.happen({ type: "stop" }), []],
        ["recheck", (machine) => machine.happen({ type: "recheck" }), []],
        ["hint", (machine) => machine.happen({ type: "hint" }), []],
        [
            "confirm, where nothing is held",
            (machine) => machine.happen({ type: "confirm", asked: 1, held: [A], by: "ana", reason: undefined }),
            [],
        ],
    ];
    for (const [what, act, expected] of steps) {
        it(`begins ${expected.length === 0 ? "nothing" : expected.join(", ")} at: ${what}`, () => {
            const machine = resting({ zones: { nzo1: [A] }, known: [grant(A)] });
            assert.deepEqual(act(machine).filter(isBegun), expected);
        });
    }

    it("lets a write come to its end with its line when it is told to stop, begins no other, and ends", () => {
        const machine = resting({ zones: { nzo1: [A], nzo2: [B] }, known: [grant(A), grant(B)], settings: UNLIMITED }, [
            grant(A),
            grant(B),
        ]);
        bring(machine, [grant(C)]);
        while (machine.underWay("zone").task.do !== "write") machine.done("zone", { id: "w1" });
        machine.happen({ type: "stop" });
        assert.deepEqual(machine.done("zone", { receipt: { status: 200 } }), ["zone: record write.accepted"]);
        assert.deepEqual(machine.done("zone"), ["tell-round", "end"]);
    });

    it("goes on with the next zone where Okta refuses to write one, and leaves Okta alone at the end", () => {
        const machine = resting({ zones: { nzo1: [A], nzo2: [B] }, known: [grant(A), grant(B)], settings: UNLIMITED }, [
            grant(A),
            grant(B),
        ]);
        bring(machine, []);
        while (machine.underWay("zone").task.do !== "write") machine.done("zone", { id: "w1" });
        assert.deepEqual(machine.failed("zone", REFUSED), ["zone: record write.failed"]);
        assert.deepEqual(machine.done("zone").filter(isBegun), ["zone: intend nzo2"]);
        machine.run();
        const { timing, zoneLane } = machine.state();
        assert.deepEqual([timing.lastError?.code, zoneLane.step.at], ["okta-refused", "pass"]);
        assert.ok(timing.pausesUntilMs > -Infinity);
    });

    it("looks before anything else at a zone of which a write's answer was lost", () => {
        const machine = resting({ zones: { nzo1: [A] }, known: [grant(A)], settings: UNLIMITED });
        bring(machine, [grant(B)]);
        while (machine.underWay("zone").task.do !== "write") machine.done("zone", { id: "w1" });
        assert.deepEqual(machine.failed("zone", DOWN), ["zone: record write.failed"]);
        machine.done("zone");
        machine.pass(2000);
        assert.deepEqual(machine.done("zone").filter(isBegun), ["zone: look nzo1"]);
    });

    it("judges what the source says while Okta is left alone, and writes nothing", () => {
        const machine = resting({ zones: { nzo1: [A, B] }, known: [grant(A), grant(B)] }, [grant(A), grant(B)]);
        machine.happen({ type: "suspect" });
        machine.done("zone");
        machine.failed("zone", DOWN);
        const words = bring(machine, [grant(A), grant(B), grant(C)]);
        assert.deepEqual(words, ["remember", "tell-decided", "zone: rest"]);
        assert.deepEqual(
            machine.state().memory?.grants.map(({ id }) => id),
            [A, B, C].map((ip) => grant(ip).id),
        );
    });

    it("ends with what another try would not mend, before the first round ended well", () => {
        const machine = openMachine({ zones: { nzo1: [A] } });
        machine.happen(LEAD);
        machine.done("zone", { unsettled: new Map() });
        assert.deepEqual(machine.failed("zone", coded("bad-input", "no such zone")), ["tell-round", "end"]);
    });
});

const IDS = [A, B, C];

/** What happens next, by a number. */
type Act = "hint" | "suspect" | "recheck" | "pass" | "source" | "zone" | "run" | "lost" | "stale" | "stop" | "confirm";

const ACTS: readonly Act[] = [
    "hint",
    "suspect",
    "recheck",
    "pass",
    "source",
    "zone",
    "zone",
    "run",
    "run",
    "lost",
    "stale",
    "confirm",
];

const history = fc.array(
    fc.record({
        act: fc.constantFrom<Act>(...ACTS),
        grants: fc.subarray(IDS),
        ms: fc.integer({ min: 1, max: 40_000 }),
    }),
    { minLength: 30, maxLength: 150 },
);

/** Plays a history, and hands each effect on with the task of its lane that has ended just before. */
function played(acts: readonly { readonly act: Act; readonly grants: readonly string[]; readonly ms: number }[]) {
    const machine = openMachine({ zones: { nzo1: [SENTINEL], nzo2: [SENTINEL] } });
    const open = new Map<Begun["lane"], Begun>();
    const seen: {
        readonly words: string;
        readonly after: string;
        readonly isTwice: boolean;
        readonly isStopped: boolean;
    }[] = [];
    let [isStopped, writes] = [false, 0];

    function note(run: () => readonly string[], ended?: Begun): void {
        if (ended !== undefined) open.delete(ended.lane);
        for (const words of run()) {
            const lane = words.split(":")[0] as Begun["lane"];
            if (!isBegun(words)) continue;
            const after = ended?.lane === lane ? ended.task.do : "";
            seen.push({ words, after, isTwice: open.has(lane), isStopped });
            open.set(lane, machine.underWay(lane));
        }
    }

    note(() => machine.happen(LEAD));
    for (const { act, grants, ms } of [...acts, { act: "stop" as const, grants: [], ms: 1 }, ...acts]) {
        const zone = open.get("zone");
        const source = open.get("source");
        if (act === "hint" || act === "suspect" || act === "recheck") note(() => machine.happen({ type: act }));
        if (act === "pass") machine.pass(ms);
        if (act === "stop") {
            isStopped = true;
            note(() => machine.happen({ type: "stop" }));
        }
        if (act === "confirm") {
            const { held = [] } = machine.state().decided.decision ?? {};
            const addresses = held.map(({ address }) => address);
            note(() => machine.happen({ type: "confirm", asked: 1, held: addresses, by: "ana", reason: undefined }));
            const confirmation = open.get("confirmation");
            if (confirmation !== undefined) note(() => machine.done("confirmation"), confirmation);
        }
        if (act === "source" && source !== undefined) {
            const reading = { grants: grants.map((ip) => grant(ip, 600)), unusable: [] };
            note(() => machine.done("source", source.task.do === "read" ? { reading } : {}), source);
        }
        if (act === "zone" && zone !== undefined) note(() => machine.done("zone", resultOf(zone)), zone);
        if (act === "run") runZones();
        if (act === "lost" && zone !== undefined) note(() => machine.failed("zone", DOWN), zone);
        if (act === "stale") {
            const before = machine.state();
            const effects = machine.happen({ type: "done", lane: "zone", number: -1 });
            assert.deepEqual(effects, []);
            assert.equal(machine.state(), before);
        }
    }
    return seen;

    /** Until the zone lane rests. */
    function runZones(): void {
        for (let zone = open.get("zone"); zone !== undefined; zone = open.get("zone")) {
            const { task } = zone;
            note(() => machine.done("zone", resultOf({ task } as Begun)), zone);
            if (task.do === "rest") return;
        }
    }

    function resultOf({ task }: Begun) {
        if (task.do === "find-unsettled") return { unsettled: new Map() };
        if (task.do === "look") return { zone: zoneWith(task.zone, machine.zones.get(task.zone) ?? []) };
        if (task.do === "intend") return { id: `w${++writes}` };
        if (task.do !== "write") return {};
        machine.zones.set(task.zone.id, task.gateways);
        return { receipt: { status: 200 } };
    }
}

describe("the state machine of a membership, whatever happens", () => {
    const laws: readonly (readonly [law: string, isKept: (each: ReturnType<typeof played>[number]) => boolean])[] = [
        [
            "has one task of the source and one of the zones under way at most",
            ({ isTwice, words }) => !isTwice || words.startsWith("confirmation"),
        ],
        [
            "writes only right after the line of the write was kept",
            ({ words, after }) => !words.startsWith("zone: write") || after === "intend",
        ],
        [
            "begins no read, look, rest or line before a write once it is told to stop",
            ({ words, isStopped }) => !isStopped || !/: (look|read|intend|settle-time|rest)/.test(words),
        ],
    ];
    for (const [law, isKept] of laws) {
        it(law, () => {
            fc.assert(
                fc.property(history, (acts) => {
                    assert.deepEqual(
                        played(acts).filter((each) => !isKept(each)),
                        [],
                    );
                }),
                { numRuns: 100 },
            );
        });
    }

    it("writes something in most of these histories", () => {
        const all = fc.sample(history, 50).map(played);
        const writing = all.filter((seen) => seen.some(({ words }) => words.startsWith("zone: write")));
        assert.ok(writing.length > 15, `${writing.length} of 50`);
    });
});

/** The source says something new, and the zone lane wakes. */
function bring(machine: Machine, grants: readonly Grant[]): readonly string[] {
    machine.happen({ type: "hint" });
    machine.done("zone");
    machine.done("source", { reading: { grants, unusable: [] } });
    while (machine.state().sourceLane.underWay !== undefined) machine.done("source");
    while (machine.underWay("zone").task.do !== "rest") machine.done("zone");
    return machine.done("zone");
}
