import { strict as assert } from "node:assert";
import { getEventListeners } from "node:events";
import { setTimeout } from "node:timers/promises";

import { limitedSignal } from "../src/limitedSignal";

const LONG_MS = 3_600_000;

describe("limitedSignal", () => {
    it("aborts with the reason of the given signal, also of one that has aborted", () => {
        const given = new AbortController();
        const { signal } = limitedSignal(given.signal, LONG_MS);
        assert.equal(signal.aborted, false);
        given.abort("stopped");
        const after = limitedSignal(given.signal, LONG_MS);
        assert.deepEqual([signal.reason, after.signal.reason], ["stopped", "stopped"]);
    });

    it("aborts after its time, with the reason that is given for that", async () => {
        const { signal } = limitedSignal(undefined, 1, () => "late");
        while (!signal.aborted) await setTimeout(1);
        assert.equal(signal.reason, "late");
    });

    it("leaves nothing behind when it is released", () => {
        const given = new AbortController();
        const { signal, release } = limitedSignal(given.signal, LONG_MS);
        assert.equal(getEventListeners(given.signal, "abort").length, 1);
        release();
        given.abort("stopped");
        assert.deepEqual([getEventListeners(given.signal, "abort").length, signal.aborted], [0, false]);
    });
});
