import { strict as assert } from "node:assert";

import { coded } from "../../../src/core/errors/errors";
import type { Grant } from "../../../src/core/grants/grants";
import { parseRules } from "../../../src/core/membership/rules";
import { SENTINEL } from "../../../src/core/zones/zone";
import { A, B, C, grant } from "../../support/grants";
import { isBegun, LEAD, type Machine, openMachine, zoneWith } from "./machine";

const DOWN = coded("okta-unreachable", "Okta is down");
const REFUSED = coded("okta-refused", "Okta refuses this");

/** A machine that leads, has read these grants, and rests. */
function resting(options: Parameters<typeof openMachine>[0], grants = [grant(A)]): Machine {
    const machine = openMachine(options);
    machine.happen(LEAD);
    machine.done("zone", { unsettled: new Map() });
    machine.done("source", { reading: { grants, unusable: [] } });
    machine.keepLines();
    machine.run();
    machine.done("zone");
    machine.run();
    machine.keepLines();
    return machine;
}

const UNLIMITED = { rules: parseRules({ maxRemovals: "off" }) };

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
                machine.pass(30_000);
                return machine.done("zone");
            },
            ["source: read", "zone: look nzo1"],
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
        ["hint", (machine) => machine.happen({ type: "hint" }), ["source: read"]],
        ["hint, while a read is under way", (machine) => again(machine, () => machine.happen({ type: "hint" })), []],
        [
            "the end of a read that says nothing new",
            (machine) =>
                again(machine, () => machine.done("source", { reading: { grants: [grant(A)], unusable: [] } })),
            [],
        ],
        [
            "the end of a read that says nothing new, after a hint",
            (machine) => {
                again(machine, () => machine.happen({ type: "hint" }));
                machine.done("source", { reading: { grants: [grant(A)], unusable: [] } });
                return machine.done("zone");
            },
            ["source: read", "zone: settle-time"],
        ],
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

    it("keeps the line of a reading, the memory and the line before a write at once, and before the write", () => {
        const machine = resting({ zones: { nzo1: [A] }, known: [grant(A)], settings: UNLIMITED });
        machine.happen({ type: "hint" });
        assert.deepEqual(machine.done("source", { reading: { grants: [grant(B)], unusable: [] } }), ["wake"]);
        machine.done("zone");
        assert.deepEqual(machine.done("zone").filter(isBegun), ["zone: intend nzo1"]);
        const { task } = machine.underWay("zone");
        assert.ok(task.do === "intend" && task.keep?.state === "expected");
        assert.deepEqual(
            task.lines.map(({ event }) => event.type),
            ["grants.accepted"],
        );
        assert.deepEqual(machine.done("zone", { id: "w1" }), [`zone: write nzo1 ${B}`]);
    });

    it("makes no write where its line is kept and something else is not, and says so", () => {
        const machine = resting({ zones: { nzo1: [A] }, known: [grant(A)], settings: UNLIMITED });
        bring(machine, [grant(B)]);
        while (machine.underWay("zone").task.do !== "intend") machine.done("zone");
        const unkept = { error: coded("ledger-unwritable", "the disk is full") };
        assert.deepEqual(machine.done("zone", { id: "w1", unkept }), ["zone: record write.failed"]);
        assert.ok(machine.done("zone").includes("zone: rest"));
        assert.equal(machine.state().timing.lastError?.code, "ledger-unwritable");
    });

    for (const [what, act] of [
        ["nothing is to be written", (machine: Machine) => [...machine.done("zone"), ...machine.run()]],
        [
            "it is told to stop",
            (machine: Machine) => {
                machine.happen({ type: "stop" });
                return machine.failed("zone", new Error("cut off"));
            },
        ],
    ] as const) {
        it(`records the line of a reading by itself where ${what}`, () => {
            const machine = resting({ zones: { nzo1: [A] }, known: [grant(A)], settings: UNLIMITED });
            machine.happen({ type: "hint" });
            machine.done("source", { reading: { grants: [grant(A), grant(A, 60, { id: "2" })], unusable: [] } });
            const words = act(machine);
            assert.equal(words.filter((each) => each === "source: record grants.accepted").length, 1, words.join());
        });
    }

    it("judges what the source says while Okta is left alone, and writes nothing", () => {
        const machine = resting({ zones: { nzo1: [A, B] }, known: [grant(A), grant(B)] }, [grant(A), grant(B)]);
        machine.happen({ type: "suspect" });
        machine.done("zone");
        machine.failed("zone", DOWN);
        const words = bring(machine, [grant(A), grant(B), grant(C)]);
        assert.deepEqual(words, ["remember", "tell-decided", "source: record grants.accepted", "zone: rest"]);
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

/** The source says something new, and the zone lane wakes. */
/** What is done at something while a read is under way. */
function again(machine: Machine, act: () => readonly string[]): readonly string[] {
    machine.happen({ type: "hint" });
    return act();
}

/** The source says this from now on. @returns what is done when the zone lane has woken */
function bring(machine: Machine, grants: readonly Grant[]): readonly string[] {
    machine.happen({ type: "hint" });
    machine.done("zone");
    machine.run();
    machine.done("source", { reading: { grants, unusable: [] } });
    machine.keepLines();
    while (machine.underWay("zone").task.do !== "rest") machine.done("zone");
    return machine.done("zone");
}
