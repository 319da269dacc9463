import { strict as assert } from "node:assert";

import { openBodySlots } from "../../../src/agent/http/limits/bodySlots";

describe("openBodySlots", () => {
    function open() {
        let nowMs = 0;
        const dropped: string[] = [];
        const slots = openBodySlots({ atOnce: 2, slowestPerSecond: 100, now: () => nowMs });
        const body = (name: string, received = 0) => ({
            received: () => received,
            drop: () => void dropped.push(name),
        });
        return { slots, dropped, body, pass: (ms: number) => (nowMs += ms) };
    }

    it("lets so many in, and another one when one has left", () => {
        const { slots, body, dropped } = open();
        const leave = slots.enter(body("a"));
        slots.enter(body("b"));
        assert.equal(slots.enter(body("c")), undefined);
        leave?.();
        assert.notEqual(slots.enter(body("c")), undefined);
        assert.deepEqual(dropped, []);
    });

    it("lets none in for one that is fast, or under a second old", () => {
        const { slots, body, dropped, pass } = open();
        slots.enter(body("fast", 300));
        pass(2001);
        slots.enter(body("young"));
        pass(999);
        assert.equal(slots.enter(body("c")), undefined);
        assert.deepEqual(dropped, []);
    });

    it("drops the slowest for a new one, and lets that in", () => {
        const { slots, body, dropped, pass } = open();
        slots.enter(body("slow", 99));
        const leave = slots.enter(body("slower", 10));
        pass(1000);
        assert.notEqual(slots.enter(body("c")), undefined);
        assert.deepEqual(dropped, ["slower"]);
        leave?.();
        assert.notEqual(slots.enter(body("d")), undefined);
        assert.deepEqual(dropped, ["slower", "slow"]);
        assert.equal(slots.enter(body("e")), undefined);
    });
});
