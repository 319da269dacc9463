import { strict as assert } from "node:assert";

import { readWithTimeout } from "../../../src/agent/grants/readWithTimeout";
import type { Reading } from "../../../src/core/grants/grantsDocument";
import { NOW } from "../../support/grants";
import { virtualClock } from "../../support/virtualClock";

/** A source that answers when the test says so, and takes no notice of its signal. */
function deafSource() {
    let [resolve, reject]: [(reading: Reading) => void, (error: Error) => void] = [() => {}, () => {}];
    const answer = new Promise<Reading>((...settle) => {
        [resolve, reject] = settle;
    });
    return { source: { name: "memory", read: () => answer }, resolve, reject };
}

describe("readInTime", () => {
    const NOBODY: Reading = { grants: [], unusable: [] };

    it("gives what the source says", async () => {
        const { source, resolve } = deafSource();
        resolve(NOBODY);
        const clock = virtualClock(NOW);
        assert.equal(await readWithTimeout(source, clock, new AbortController().signal), NOBODY);
        assert.equal(clock.sleepers(), 0);
    });

    it("gives up a source that has not answered for 30 s, though that does not heed its signal", async () => {
        const { source, reject } = deafSource();
        const clock = virtualClock(NOW);
        const late = assert.rejects(readWithTimeout(source, clock, new AbortController().signal), {
            code: "source-unreadable",
            message: "cannot read grants from memory: no answer within 30 s",
        });
        await clock.pass(29_999);
        assert.equal(clock.sleepers(), 1);
        await clock.pass(1);
        await late;
        reject(new Error("what it says later, nobody hears"));
    });

    it("ends with the reason of the caller's signal as soon as that aborts", async () => {
        const { source } = deafSource();
        const clock = virtualClock(NOW);
        const stop = new AbortController();
        const stopped = assert.rejects(readWithTimeout(source, clock, stop.signal), new Error("no longer leading"));
        stop.abort(new Error("no longer leading"));
        await stopped;
        assert.equal(clock.sleepers(), 0);
    });

    it("does not begin where the signal has aborted before", async () => {
        const source = { name: "memory", read: () => assert.fail("it was read") };
        await assert.rejects(readWithTimeout(source, virtualClock(NOW), AbortSignal.abort()), { name: "AbortError" });
    });
});
