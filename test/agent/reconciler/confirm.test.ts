import { strict as assert } from "node:assert";

import { heldNow } from "../../../src/agent/reconciler/grantsNow";
import { coded } from "../../../src/core/errors/errors";
import type { Grant } from "../../../src/core/grants/grants";
import { parseRules } from "../../../src/core/membership/rules";
import { A, B, C, grant } from "../../support/grants";
import { type Machine, openMachine } from "./machine";

const GRANTS = [grant(A), grant(B), grant(C)];

/** A machine that knows three grants, and holds that the first one goes. */
function holding(): Machine {
    const settings = { rules: parseRules({ maxRemovals: 0 }) };
    const machine = openMachine({ zones: { nzo1: [A, B, C] }, known: GRANTS, settings });
    machine.happen({ type: "lead", remembered: undefined, heard: undefined });
    machine.done("zone", { unsettled: new Map() });
    read(machine, GRANTS.slice(1));
    machine.run();
    return machine;
}

function read(machine: Machine, grants: readonly Grant[]): void {
    machine.done("source", { reading: { grants, unusable: [] } });
    while (machine.state().sourceLane.underWay !== undefined) machine.done("source");
}

const held = (machine: Machine) => heldNow(machine.state()).map(({ address }) => address);
const confirm = (machine: Machine, addresses: readonly string[]) =>
    machine.happen({ type: "confirm", asked: 1, held: addresses, by: "ana", reason: undefined });

describe("a confirmation", () => {
    it("is recorded, then remembered, and then answered; the removal follows", () => {
        const machine = holding();
        assert.deepEqual(held(machine), [A]);
        assert.deepEqual(confirm(machine, [A]), ["confirmation: record removals.confirmed"]);
        assert.deepEqual(machine.done("confirmation"), ["remember", "confirmation: keep"]);
        assert.deepEqual(machine.done("confirmation"), ["answer", "wake"]);
        machine.done("zone");
        machine.run();
        assert.deepEqual([machine.zones.get("nzo1"), held(machine)], [[B, C], []]);
    });

    it("is refused where something else is held", () => {
        const machine = holding();
        assert.deepEqual(confirm(machine, [A, B]), ["answer", "wake"]);
        assert.equal(machine.state().memory?.confirmation, undefined);
    });

    it("lets nothing go where its line cannot be written", () => {
        const machine = holding();
        confirm(machine, [A]);
        assert.deepEqual(machine.failed("confirmation", coded("ledger-unwritable", "the disk is full")), ["refuse"]);
        machine.done("zone");
        machine.run();
        assert.deepEqual([machine.zones.get("nzo1"), held(machine)], [[A, B, C], [A]]);
    });

    it("keeps what was decided while its line was written", () => {
        const machine = holding();
        confirm(machine, [A]);
        machine.happen({ type: "hint" });
        machine.done("zone");
        read(machine, [...GRANTS.slice(1), grant("203.0.113.9/32")]);
        machine.run();
        machine.done("zone");
        machine.run();
        const { held: before } = machine.state().memory ?? {};
        machine.done("confirmation");
        assert.deepEqual(machine.state().memory?.held, before);
        assert.deepEqual(machine.state().memory?.confirmation?.by, "ana");
    });

    it("is for what was shown, and for nothing that a later reading lost unseen", () => {
        const machine = holding();
        machine.happen({ type: "suspect" });
        machine.done("zone");
        machine.failed("zone", coded("okta-unreachable", "Okta is down"));
        machine.pass(61_000);
        machine.happen({ type: "hint" });
        machine.done("zone");
        machine.failed("zone", coded("okta-unreachable", "Okta is down"));
        // No zone can be read: what this says is remembered, and shown to nobody.
        read(machine, GRANTS.slice(2));
        machine.done("zone");
        assert.deepEqual(held(machine), [A]);
        confirm(machine, [A]);
        machine.done("confirmation");
        machine.done("confirmation");
        machine.pass(61_000);
        machine.done("zone");
        machine.run();
        assert.deepEqual(
            [machine.zones.get("nzo1"), held(machine)],
            [
                [A, B, C],
                [A, B],
            ],
        );
    });
});
