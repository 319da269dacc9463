import { strict as assert } from "node:assert";

import { SENTINEL } from "../../../src/core/zones/zone";
import { openMachine } from "./machine";

describe("the looks of a reconciler", () => {
    it("are first for zones that it has not seen, however few there may be", () => {
        let left = 0;
        const zones = { nzo1: [SENTINEL], nzo2: [SENTINEL], nzo3: [SENTINEL] };
        const moment = { waitMs: () => (left > 0 ? 0 : 1000) };
        const machine = openMachine({ zones, moment });
        machine.happen({ type: "lead", remembered: undefined, heard: undefined });
        const looked: string[] = [];
        for (const _ of Object.keys(zones)) {
            left = 1;
            const begun =
                machine.underWay("zone").task.do === "rest"
                    ? machine.done("zone")
                    : machine.done("zone", { unsettled: new Map() });
            looked.push(...begun.filter((words) => words.startsWith("zone: look")));
            left = 0;
            machine.run();
            machine.pass(40_000);
        }
        assert.deepEqual(looked, ["zone: look nzo1", "zone: look nzo2", "zone: look nzo3"]);
    });
});
