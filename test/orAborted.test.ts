import { strict as assert } from "node:assert";

import { orAborted } from "../src/orAborted";

const REASON = new Error("stopped");

describe("orAborted", () => {
    it("gives the result of the work", async () => {
        const { signal } = new AbortController();
        assert.equal(await orAborted(async () => 7, signal), 7);
    });

    it("throws what the work throws", async () => {
        const work = () => Promise.reject(new Error("broken"));
        await assert.rejects(orAborted(work, new AbortController().signal), { message: "broken" });
    });

    for (const [when, abortedBefore] of [
        ["aborts before the work", true],
        ["aborts during the work", false],
    ] as const) {
        it(`throws the reason of a signal that ${when}, also if the work fails later`, async () => {
            const stop = new AbortController();
            let fail: (error: Error) => void = () => {};
            const pending = new Promise<never>((_, reject) => (fail = reject));
            if (abortedBefore) stop.abort(REASON);
            const result = orAborted(() => pending, stop.signal);
            stop.abort(REASON);
            await assert.rejects(result, REASON);
            const unhandled: unknown[] = [];
            const note = (reason: unknown) => unhandled.push(reason);
            process.prependListener("unhandledRejection", note);
            fail(new Error("too late"));
            await new Promise((resolve) => setImmediate(resolve));
            process.off("unhandledRejection", note);
            assert.deepEqual(unhandled, []);
        });
    }
});
