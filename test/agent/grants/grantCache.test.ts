import { strict as assert } from "node:assert";

import { openGrantCache } from "../../../src/agent/grants/grantCache";
import { A, B, grant, NOW } from "../../support/grants";
import { memorySource } from "../../support/memorySource";
import { virtualClock } from "../../support/virtualClock";

const signal = new AbortController().signal;

function open() {
    const clock = virtualClock(NOW);
    const source = memorySource([grant(A)]);
    const options = {
        source,
        remembering: { keep: () => {} },
        known: () => [],
        clock,
        record: async () => {},
        pollMs: 30_000,
        maxStaleMs: undefined,
    };
    return { clock, source, grants: openGrantCache(options) };
}

describe("grants in force", () => {
    it("have a new version only when the source says something else", async () => {
        const { source, grants } = open();
        await grants.refresh(signal);
        const { version } = grants;
        const before = version();
        await grants.refresh(signal);
        assert.equal(version(), before);
        source.grants = [grant(B)];
        await grants.refresh(signal);
        assert.equal(version(), before + 1);
    });

    it("are read at once after a hint, and else at the interval", async () => {
        const { clock, grants } = open();
        await grants.refresh(signal);
        assert.equal(grants.dueMs(), clock.now() + 30_000);
        grants.hint();
        assert.equal(grants.dueMs(), -Infinity);
    });

    it("wait a little longer after each failure, up to a minute", async () => {
        const { clock, source, grants } = open();
        source.isBroken = true;
        const waits: number[] = [];
        for (let count = 0; count < 8; count++) {
            await grants.refresh(signal);
            waits.push((grants.dueMs() - clock.now()) / 1000);
        }
        assert.deepEqual(waits, [1, 2, 4, 8, 16, 32, 60, 60]);
    });

    it("tell since when something new has been waiting, until it is in force", async () => {
        const { clock, source, grants } = open();
        await grants.refresh(signal);
        grants.served(grants.version());
        source.grants = [grant(B)];
        grants.hint();
        await clock.pass(50);
        await grants.refresh(signal);
        assert.equal(grants.waitingSinceMs(), NOW);
        grants.served(grants.version());
        await grants.refresh(signal);
        assert.equal(grants.waitingSinceMs(), undefined);
    });

    it("keep waiting what came while the version before was on its way", async () => {
        const { clock, source, grants } = open();
        await grants.refresh(signal);
        const version = grants.version();
        await clock.pass(20);
        source.grants = [grant(B)];
        grants.hint();
        await grants.refresh(signal);
        grants.served(version);
        assert.equal(grants.waitingSinceMs(), NOW + 20);
    });

    it("count from the hint, though the first read after it failed", async () => {
        const { clock, source, grants } = open();
        await grants.refresh(signal);
        grants.served(grants.version());
        source.isBroken = true;
        grants.hint();
        await grants.refresh(signal);
        await clock.pass(1000);
        Object.assign(source, { isBroken: false, grants: [grant(B)] });
        await grants.refresh(signal);
        assert.equal(grants.waitingSinceMs(), NOW);
    });
});
