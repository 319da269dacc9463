import { strict as assert } from "node:assert";
import type { AgentEvent } from "../../../src/agent/events/events";
import { catchingUp } from "../../../src/agent/ledger/catchingUp";
import { accepted, intended, stoppedFor } from "./events";

/** A ledger that refuses as long as it is full. */
function openStage() {
    const lines: AgentEvent[] = [];
    const stage = { lines, isFull: true };
    const record = catchingUp(async (event) => {
        if (stage.isFull) throw new Error("full");
        lines.push(event);
    });
    return { stage, lines, record };
}

describe("catchingUp", () => {
    it("writes down first what happened while nothing could be written, each once, and not what was only meant", async () => {
        const { stage, lines, record } = openStage();
        await assert.rejects(record(intended("w1")), new Error("full"));
        await assert.rejects(record(accepted("w1")), new Error("full"));
        const both = await Promise.allSettled([record(accepted("w2")), record(accepted("w3"))]);
        assert.deepEqual(
            both.map(({ status }) => status),
            ["rejected", "rejected"],
        );
        stage.isFull = false;
        await record(intended("w4"));
        await record(accepted("w4"));
        assert.deepEqual(lines, [accepted("w1"), accepted("w2"), accepted("w3"), intended("w4"), accepted("w4")]);
    });

    it("writes nothing new as long as something before it cannot be written", async () => {
        const lines: AgentEvent[] = [];
        let failures = 2;
        const record = catchingUp(async (event) => {
            if (event.type === "write.accepted" && failures-- > 0) throw new Error("full");
            lines.push(event);
        });
        await assert.rejects(record(accepted("w1")), new Error("full"));
        await assert.rejects(record(stoppedFor("x")), new Error("full"));
        await record(stoppedFor("y"));
        assert.deepEqual(lines, [accepted("w1"), stoppedFor("x"), stoppedFor("y")]);
    });

    it("remembers the first thousand", async () => {
        const { stage, lines, record } = openStage();
        for (let n = 0; n < 1001; n++) await assert.rejects(record(stoppedFor(n)), new Error("full"));
        stage.isFull = false;
        await record(stoppedFor("last"));
        assert.deepEqual([lines.length, lines[999], lines[1000]], [1001, stoppedFor(999), stoppedFor("last")]);
    });
});
