import { strict as assert } from "node:assert";

import { openStandbyReader } from "../../../src/agent/grants/standbyReader";
import { hasCode } from "../../../src/core/errors/errors";
import type { Reading } from "../../../src/core/grants/grantsDocument";
import type { GrantSource } from "../../../src/sources/source";
import { A, B, grant, NOW } from "../../support/grants";
import { memorySource } from "../../support/memorySource";
import { virtualClock } from "../../support/virtualClock";

function open(more: { readonly isKept?: boolean } = {}) {
    const clock = virtualClock(NOW);
    let ring = () => {};
    const watch: NonNullable<GrantSource["watch"]> = (wake, signal) => {
        ring = wake;
        return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
    };
    const source = Object.assign(memorySource([grant(A)]), { watch, ...more });
    const stop = new AbortController();
    const readings: Reading[] = [];
    const onRead = (reading: Reading) => void readings.push(reading);
    const standingBy = openStandbyReader({ source, clock, pollMs: 30_000, onRead });
    return { clock, source, ring: () => ring(), stop, standingBy, readings, ended: standingBy.run(stop.signal) };
}

describe("standing by", () => {
    it("reads the source after a second, and then at the interval", async () => {
        const { clock, source, standingBy, readings } = open();
        await clock.pass(999);
        assert.equal(standingBy.health().lastReadAtMs, undefined);
        await clock.pass(1);
        assert.equal(standingBy.health().lastReadAtMs, NOW + 1000);
        source.grants = [grant(B)];
        await clock.pass(29_999);
        assert.equal(standingBy.health().lastReadAtMs, NOW + 1000);
        await clock.pass(1);
        const reading = { grants: [grant(B)], unusable: [] };
        assert.deepEqual(readings, [{ grants: [grant(A)], unusable: [] }, reading]);
        assert.deepEqual(standingBy.take(), { latest: { reading, readAtMs: NOW + 31_000 }, failure: undefined });
    });

    it("reads when the source says that it may have changed, and once a second at most", async () => {
        const { clock, source, ring, standingBy, readings, stop, ended } = open();
        await clock.pass(5000);
        source.grants = [grant(B)];
        ring();
        await clock.pass(0);
        assert.equal(standingBy.health().lastReadAtMs, NOW + 5000);
        for (let hint = 0; hint < 9; hint++) {
            ring();
            await clock.pass(100);
        }
        assert.equal(readings.length, 2);
        await clock.pass(100);
        assert.equal(readings.length, 3);
        stop.abort();
        await ended;
        ring();
        await clock.pass(60_000);
        assert.equal(readings.length, 3);
    });

    it("gives what it heard once: an agent that has led since then knows better", async () => {
        const { clock, standingBy } = open();
        await clock.pass(1000);
        assert.equal(standingBy.take()?.latest?.readAtMs, NOW + 1000);
        assert.equal(standingBy.take(), undefined);
    });

    it("keeps what it heard while the source cannot be read, and says why it cannot", async () => {
        const { clock, source, standingBy } = open();
        await clock.pass(1000);
        source.isBroken = true;
        await clock.pass(30_000);
        await clock.pass(30_000);
        const problem = "cannot read grants from memory: a test broke it [ZK401]";
        const failingSinceMs = NOW + 31_000;
        assert.deepEqual(standingBy.health(), { lastReadAtMs: NOW + 1000, problem, failingSinceMs });
        const heard = standingBy.take();
        assert.deepEqual([heard?.latest?.readAtMs, hasCode(heard?.failure, "source-unreadable")], [NOW + 1000, true]);
    });

    it("says why the source cannot be read also where it never could", async () => {
        const { clock, source, standingBy } = open();
        source.isBroken = true;
        await clock.pass(1000);
        const heard = standingBy.take();
        assert.deepEqual([heard?.latest, hasCode(heard?.failure, "source-unreadable")], [undefined, true]);
        assert.equal(standingBy.take(), undefined);
    });

    it("has no problem any more once the source can be read again", async () => {
        const { clock, source, standingBy } = open();
        source.isBroken = true;
        await clock.pass(1000);
        source.isBroken = false;
        await clock.pass(30_000);
        const health = { lastReadAtMs: NOW + 31_000, problem: undefined, failingSinceMs: undefined };
        assert.deepEqual(standingBy.health(), health);
        assert.equal(standingBy.take()?.failure, undefined);
    });

    it("does not touch a source that keeps in the state folder what it is told", async () => {
        const { clock, source, standingBy } = open({ isKept: true });
        source.read = () => assert.fail("it was read");
        await clock.pass(3_600_000);
        assert.equal(standingBy.take(), undefined);
    });

    it("ends at once when it is to lead, also during a read that hangs", async () => {
        const { clock, source, stop, standingBy, ended } = open();
        source.read = () => new Promise(() => {});
        await clock.pass(1000);
        stop.abort();
        await ended;
        assert.deepEqual([standingBy.take(), standingBy.health().problem, clock.sleepers()], [undefined, undefined, 0]);
    });

    it("ends with an error that has no code, which is a bug", async () => {
        const { clock, source, ended } = open();
        source.read = () => Promise.reject(new TypeError("a bug"));
        const failed = assert.rejects(ended, new TypeError("a bug"));
        await clock.pass(1000);
        await failed;
    });
});
