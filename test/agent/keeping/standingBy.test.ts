import { strict as assert } from "node:assert";

import { openStandingBy } from "../../../src/agent/keeping/standingBy";
import { A, B, grant, NOW } from "../../support/grants";
import { memorySource } from "../../support/memorySource";
import { virtualClock } from "../../support/virtualClock";

function open(more: { readonly isKept?: boolean } = {}) {
    const clock = virtualClock(NOW);
    const source = Object.assign(memorySource([grant(A)]), more);
    const stop = new AbortController();
    const standingBy = openStandingBy({ source, clock, pollMs: 30_000 });
    return { clock, source, stop, standingBy, ended: standingBy.run(stop.signal) };
}

describe("standing by", () => {
    it("reads the source after a second, and then at the interval", async () => {
        const { clock, source, standingBy } = open();
        await clock.pass(999);
        assert.equal(standingBy.latest(), undefined);
        await clock.pass(1);
        const first = { reading: { grants: [grant(A)], unusable: [] }, readAtMs: NOW + 1000 };
        assert.deepEqual(standingBy.latest(), first);
        source.grants = [grant(B)];
        await clock.pass(29_999);
        assert.deepEqual(standingBy.latest(), first);
        await clock.pass(1);
        assert.deepEqual(standingBy.latest()?.reading.grants, [grant(B)]);
    });

    it("keeps what it heard while the source cannot be read, and says why it cannot", async () => {
        const { clock, source, standingBy } = open();
        await clock.pass(1000);
        source.isBroken = true;
        await clock.pass(30_000);
        assert.deepEqual(standingBy.latest()?.readAtMs, NOW + 1000);
        await clock.pass(30_000);
        const why = "cannot read grants from memory: a test broke it [ZK401]";
        assert.deepEqual(standingBy.problem(), { why, sinceMs: NOW + 31_000 });
        source.isBroken = false;
        await clock.pass(30_000);
        assert.equal(standingBy.problem(), undefined);
    });

    it("does not touch a source that keeps in the state folder what it is told", async () => {
        const { clock, source, standingBy } = open({ isKept: true });
        source.read = () => assert.fail("it was read");
        await clock.pass(3_600_000);
        assert.equal(standingBy.latest(), undefined);
    });

    it("ends at once when it is to lead, also during a read that hangs", async () => {
        const { clock, source, stop, standingBy, ended } = open();
        source.read = () => new Promise(() => {});
        await clock.pass(1000);
        stop.abort();
        await ended;
        assert.deepEqual([standingBy.latest(), standingBy.problem(), clock.sleepers()], [undefined, undefined, 0]);
    });

    it("ends with an error that has no code, which is a bug", async () => {
        const { clock, source, ended } = open();
        source.read = () => Promise.reject(new TypeError("a bug"));
        const failed = assert.rejects(ended, new TypeError("a bug"));
        await clock.pass(1000);
        await failed;
    });
});
