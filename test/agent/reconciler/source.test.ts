import { strict as assert } from "node:assert";

import { waitingSinceMs } from "../../../src/agent/reconciler/source";
import { coded } from "../../../src/core/errors/errors";
import type { Grant } from "../../../src/core/grants/grants";
import { A, B, grant, NOW } from "../../support/grants";
import { remembered } from "../../support/remembered";
import { type Machine, openMachine } from "./machine";

const GONE = coded("source-unreadable", "it is gone");

/** A machine that leads and waits for its first reading. */
function leading(): Machine {
    const machine = openMachine({ zones: { nzo1: [A] }, known: [grant(A)] });
    machine.happen({ type: "lead", remembered: undefined, heard: undefined });
    machine.done("zone", { unsettled: new Map() });
    machine.run();
    return machine;
}

/** The read under way ends with these grants, and its lines are kept. */
function read(machine: Machine, grants: readonly Grant[]): void {
    machine.done("source", { reading: { grants, unusable: [] } });
    machine.keepLines();
    rest(machine);
}

function fail(machine: Machine): void {
    machine.failed("source", GONE);
    machine.keepLines();
    rest(machine);
}

/** The zone lane wakes, does what is to be done, and rests again. */
function rest(machine: Machine): void {
    machine.done("zone");
    machine.run();
    machine.keepLines();
}

/** The source may say something new, and is read. */
function hint(machine: Machine): void {
    machine.happen({ type: "hint" });
    rest(machine);
}

const source = (machine: Machine) => machine.state().source;

describe("the source of a reconciler", () => {
    it("is known to be unreadable from the start where no read of a standby has succeeded", () => {
        for (const [failure, problem] of [
            [GONE, "it is gone [ZK401]"],
            [undefined, undefined],
        ] as const) {
            const machine = openMachine({ zones: { nzo1: [A] }, settings: { maxStaleMs: 120_000 } });
            const stored = remembered([grant(A)], { readAtMs: NOW - 3_600_000, source: "a test" });
            machine.happen({ type: "lead", remembered: stored, heard: { latest: undefined, failure } });
            assert.equal(source(machine).problem, problem);
        }
    });

    it("has a new version only when it says something else", () => {
        const machine = leading();
        read(machine, [grant(A)]);
        const { version } = source(machine);
        hint(machine);
        read(machine, [grant(A)]);
        assert.equal(source(machine).version, version);
        hint(machine);
        read(machine, [grant(B)]);
        assert.equal(source(machine).version, version + 1);
    });

    it("is read at once after a hint, and else at the interval", () => {
        const machine = leading();
        read(machine, [grant(A)]);
        assert.equal(source(machine).dueMs, NOW + 30_000);
        machine.happen({ type: "hint" });
        assert.equal(machine.underWay("source").task.do, "read");
        machine.happen({ type: "hint" });
        assert.equal(source(machine).dueMs, -Infinity);
    });

    it("is left alone a little longer after each failure, up to a minute", () => {
        const machine = leading();
        read(machine, [grant(A)]);
        const waits: number[] = [];
        for (let count = 0; count < 8; count++) {
            hint(machine);
            fail(machine);
            waits.push((source(machine).dueMs - NOW) / 1000);
        }
        assert.deepEqual(waits, [1, 2, 4, 8, 16, 32, 60, 60]);
    });

    it("tells since when something new has been waiting, from the hint on and until it is in force", () => {
        const machine = leading();
        read(machine, [grant(A)]);
        assert.equal(waitingSinceMs(source(machine)), undefined);
        hint(machine);
        machine.pass(50);
        machine.done("source", { reading: { grants: [grant(A), grant(B)], unusable: [] } });
        assert.equal(waitingSinceMs(source(machine)), NOW);
        rest(machine);
        assert.equal(waitingSinceMs(source(machine)), undefined);
    });

    it("keeps waiting what came while the version before was on its way", () => {
        const machine = leading();
        read(machine, [grant(A)]);
        hint(machine);
        machine.done("source", { reading: { grants: [grant(A), grant(B)], unusable: [] } });
        machine.done("zone");
        while (machine.underWay("zone").task.do !== "write") machine.done("zone", { id: "w1" });
        machine.pass(20);
        machine.happen({ type: "hint" });
        machine.run();
        machine.done("zone");
        machine.done("source", { reading: { grants: [grant(B)], unusable: [] } });
        assert.equal(waitingSinceMs(source(machine)), NOW + 20);
    });

    it("counts from the hint, though the first read after it failed", () => {
        const machine = leading();
        read(machine, [grant(A)]);
        hint(machine);
        fail(machine);
        machine.pass(1000);
        rest(machine);
        machine.done("source", { reading: { grants: [grant(B)], unusable: [] } });
        assert.equal(waitingSinceMs(source(machine)), NOW);
    });
});
