import { strict as assert } from "node:assert";

import { until } from "../../src/agent/concurrently";

describe("until", () => {
    it("stops work by either signal", async () => {
        for (const which of ["own", "end"] as const) {
            const ends = { own: new AbortController(), end: new AbortController() };
            const work = (signal: AbortSignal) =>
                new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
            const [stopping] = until(ends.end.signal, [work]);
            const ended = stopping?.(ends.own.signal);
            ends[which].abort();
            await ended;
            assert.notEqual(ended, undefined);
        }
    });
});
